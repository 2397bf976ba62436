"""The page's second MicroPython: it says what the page shows, and the page only draws it.

A reset of the device in the page does not stop it. It runs as `advisor`, beside the modules of
`guidance` and `show` that `build.py` lists and the device's own files. What goes in and
out is text.
"""
# mypy: ignore-errors

import json
import time
from binascii import hexlify

from mynacard import state
from pinlamp_tools.guidance import choose
from pinlamp_tools.guidance.choose import FIELDS, advise
from pinlamp_tools.guidance.explain import explain
from pinlamp_tools.guidance.plan import QUESTIONS, plan
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.sources import join, old
from pinlamp_tools.show.again import Again
from pinlamp_tools.show.cable import ANEW, SILENT, Cable
from pinlamp_tools.show.lights import Lights, words_stay_ms
from pinlamp_tools.show.names import LANGUAGES, Names
from pinlamp_tools.show.heard import heard, parse
from pinlamp_tools.show.reading import Reading
from pinlamp_tools.show.rows import headline, key_rows, numbers, on_cable, overall_row
from pinlamp_tools.show.rows import said_to_lack

# Worst states of a card that leave no key to be named.
_WELL = (state.OK, state.UNLIMITED, state.ABSENT)
_SMALL = ("source", "checked")


def _guidance(name):
    folder = choose.__file__.replace("\\", "/").rsplit("/", 1)[0]
    with open(folder + "/" + name + ".json", encoding="utf-8") as file:
        return json.load(file)


_shared = (_guidance("sources"), _guidance("clerk"))
_texts = {lang: join(_guidance(lang), *_shared, lang) for lang in LANGUAGES}
_names = {lang: Names(lang) for lang in LANGUAGES}
_phrases = _guidance("explain")
_index = _guidance("index")
_reading = Reading()
_again = Again(time)
_lights = Lights(time)
_cable = Cable()


def forget():
    """Begin anew: another device, or the same after a reset."""
    _cable.__init__()
    _forget_card()


def _forget_card():
    _reading.__init__()
    _again.forget()
    _lights.dark()


def take(line):
    """Follow a line of the console, or a prompt; "null" for one that is no event.

    Return the event that is news, or null, and after how many ms the page should call `fade`.
    """
    event = parse(line)
    event = heard(event) if event is not None else None
    if event is None:
        _cable.words(line)
        if _cable.state in ANEW:
            _forget_card()
        return "null"
    _cable.event(event)
    news = _reading.news(event)
    if news is not None:
        _follow(news)
    _again.follow(event, _reading)
    stays_ms = None if news is None else words_stay_ms(news, _reading)
    return json.dumps({"event": news, "stays_ms": stays_ms})


def nothing(ms):
    """Take that nothing was heard on the cable for `ms`; tell whether it is silent."""
    _cable.nothing(ms)
    if _cable.state == SILENT:
        _forget_card()
    return _cable.state == SILENT


def cable():
    """Return what the cable shows, a state of `show.cable`."""
    return _cable.state


def fade():
    """Forget the card or the notice: it was shown long enough."""
    _follow({"type": "ready"})


def again():
    """Compare the next reading with this one: the person says that it is the same card."""
    _again.ask(_reading)


def _follow(event):
    _reading.take(event)
    _lights.follow(event, _reading)


def pixels():
    """Return what the lamps of a device on a cable show now, as hexadecimal RGB."""
    return hexlify(_lights.render()[0]).decode()


def shown(lang, layout, today):
    """Return all that the page shows of the device and its card.

    `layout`: how many lamps the page's own device has; 0 for a device on a cable. `today`: as
    ISO 8601 has it.

    phase     as `Reading` has it
    headline  lines; a screen reader reads them out when they change
    state     the worst state of the card's keys, or null
    of_card   whether a card was heard of
    lamps     how many are drawn of a device on a cable
    layout    the same, once the device has told it; null: their numbers would mean nothing
    keys      a row for each key: key, place of its lamp (or null), name, state, words
    all       the same for the overall lamp
    advice    for a card that was read, see `_advice`
    again     what a comparison with the reading before says, whether one may be asked for, and
              what its button is called
    plan      whether the questions before the way to the office can be answered for this card
    slip      its parts, see `slip.slip`; null while there is none
    """
    over = _reading.over
    texts = _texts[lang]
    names = _names[lang]
    drawn = layout or _lights.layout
    return json.dumps(
        {
            "phase": _reading.phase,
            "headline": _headline(lang, layout == 0),
            "state": _reading.overall,
            "lamps": _lights.count,
            "layout": drawn,
            "of_card": over or _reading.kind is not None or bool(_reading.keys),
            "keys": [_row(row) for row in key_rows(_reading, drawn, names)],
            "all": _row(overall_row(_reading, drawn, names)),
            "again": {
                "ask": _again.may_ask(_reading),
                "button": names.again("ask"),
                "said": _said(names),
            },
            "plan": bool(over and plan(texts, *_reading.result(), {})),
            "advice": [_advice(one, texts, today) for one in _advised(texts)] if over else [],
            "slip": slip(texts, *_reading.result(), today, _on_label(layout)) if over else None,
        }
    )


def _on_label(layout):
    """Return the lamps' numbers for a paper: those of the device's label, where that is known."""
    count = layout or _reading.lamps
    return numbers(count) if count else {}


def _said(names):
    said = _again.said(_reading)
    return names.again(said) if said else ""


def questions(lang, answers):
    """Return the questions before the way to the office, and the plan, given the `answers`.

    `answers`: JSON, true, false or null (not known) by a question's name; what is not asked yet
    is not in it. The plan: rows of a label and a text, empty until every question is answered.
    """
    given = json.loads(answers)
    texts = _texts[lang]
    kind, findings, complete = _reading.result()
    told = plan(texts, kind, findings, complete, given)
    asked = told["ask"] if told else []
    return json.dumps(
        {
            "ask": [[name, texts["plan"]["ask"][name]] for name in QUESTIONS if name in asked],
            "answers": texts["plan"]["answers"],
            "rows": told["rows"] if told and not [n for n in asked if n not in given] else [],
        }
    )


def _headline(lang, of_cable):
    if of_cable and (_reading.phase in ("start", "ready")):
        return [line for line in on_cable(_cable.state, _reading, _names[lang]) if line]
    lines = [headline(_reading, _names[lang])[0]]
    worst = _reading.overall
    keys = said_to_lack(_reading)
    if not keys and worst is not None and worst not in _WELL:
        keys = [key for key, found, _, _ in _reading.table() if found == worst]
    if keys:
        lines.append(_short(_texts[lang], keys))
    return lines


def _row(row):
    return {
        "key": row.key,
        "place": row.place,
        "name": row.name,
        "state": row.state,
        "words": row.words,
    }


def _advised(texts):
    return advise(texts, *_reading.result())


def _short(texts, keys):
    return texts["joint"].join([texts["short"][key] for key in keys])


def _advice(one, texts, today):
    """Return one advice: title, state, names of its keys, a list, and paragraphs with labels.

    A small paragraph says where the others come from. `lang` of a paragraph that is Japanese on
    the English page too, since it is said at the counter; else null.
    """
    paragraphs = []
    late = old(texts, one["checked"], today)
    if late:
        label = texts["fields"]["checked"]
        old_one = {"field": "old", "label": label, "lines": [late], "small": False, "lang": None}
        paragraphs.append(old_one)
    for field in FIELDS + _SMALL:
        lines = [one["checked"]] if field == "checked" else one.get(field, ())
        if lines:
            paragraphs.append(
                {
                    "field": field,
                    "label": texts["fields"][field],
                    "lines": lines,
                    "small": field in _SMALL,
                    "lang": "ja" if field == "say" else None,
                }
            )
    listed = [
        {
            "what": step["what"],
            "rows": [[texts["fields"][field], step[field]] for field in ("tell", "ask")],
        }
        for step in one.get("list", ())
    ]
    return {
        "title": one["title"],
        "state": one["state"],
        "names": "" if listed else _short(texts, one["keys"]),
        "list": listed,
        "paragraphs": paragraphs,
    }


def topics(lang, text):
    """Return what `text` (NFKC) may be about: title, and paragraphs of a field and a text.

    If that is not known, return what to say instead: lines, and all titles to choose from.
    """
    found = explain(_phrases, _index, text)
    if not found:
        lines = [_phrases["unknown"][lang], _phrases["offer"][lang]]
        titles = [topic[lang]["title"] for topic in _phrases["topics"]]
        return json.dumps({"lines": lines, "titles": titles})
    return json.dumps([_topic(one, lang) for one in found])


def _topic(one, lang):
    words = one[lang]
    paragraphs = [(field, words[field]) for field in ("means", "tell", "go")]
    if one["keys"]:
        paragraphs.insert(0, ("numbers", _short(_texts[lang], one["keys"])))
    return {"title": words["title"], "paragraphs": paragraphs}
