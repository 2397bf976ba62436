// Text from strangers on its way to the page: show/strange.py has the same list; a test compares them.
// A line's end stays, as texts of our own have several lines.
const HIDDEN = new RegExp("[" + [
  String.raw`\u{0}-\u{9}\u{b}-\u{1f}\u{7f}-\u{9f}\u{ad}\u{34f}\u{600}-\u{605}\u{61c}\u{6dd}\u{70f}\u{890}-\u{891}`,
  String.raw`\u{8e2}\u{115f}-\u{1160}\u{17b4}-\u{17b5}\u{180b}-\u{180f}\u{200b}-\u{200f}\u{2028}-\u{202e}`,
  String.raw`\u{2060}-\u{206f}\u{3164}\u{d800}-\u{dfff}\u{fe00}-\u{fe0f}\u{feff}\u{ffa0}\u{fff0}-\u{fffb}`,
  String.raw`\u{110bd}\u{110cd}\u{13430}-\u{1345f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}`,
].join("") + "]", "gu");

// Two marks without a width on a letter, and those above them.
const PILE = /([\p{Mn}\p{Me}]{2})([\p{Mn}\p{Me}]+)/gu;

function escaped(one) {
  const code = one.codePointAt(0);
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

// Control, bidi and invisible characters, and marks that would pile up, as escapes: \u001b, \u202e.
export function visible(text) {
  return String(text).replace(HIDDEN, escaped).replace(PILE, (_, shown, more) => shown + [...more].map(escaped).join(""));
}
