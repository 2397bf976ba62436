"""The list of virtual cards, and how each differs from a My Number Card with nothing locked."""

CARDS = (
    ("fresh", "nothing locked, every counter full", "すべてロックなし(間違いの記録なし)"),
    (
        "bank_app_lockout",
        "check number B (card face) locked, all else full",
        "券面事項確認APの照合番号Bだけロック",
    ),
    (
        "bank_app_lockout_text_b",
        "check number B (text input) locked, all else full",
        "券面事項入力補助APの照合番号Bだけロック",
    ),
    (
        "text_pin_locked",
        "the text input support PIN locked",
        "券面事項入力補助用の暗証番号がロック",
    ),
    ("sign_locked", "the signature PIN locked", "署名用電子証明書の暗証番号がロック"),
    ("auth_locked", "the authentication PIN locked", "利用者証明用電子証明書の暗証番号がロック"),
    (
        "jpki_both_locked",
        "signature and authentication locked",
        "署名用と利用者証明用の両方がロック",
    ),
    ("worn", "some tries used, some last ones", "使いかけと残り1回がまざったカード"),
    ("child", "no signature certificate, all else full", "署名用電子証明書なし(15歳未満など)"),
    (
        "child_locked",
        "no signature certificate, authentication really locked",
        "署名用電子証明書なし・利用者証明用がロック",
    ),
    (
        "face_auth",
        "card for face authentication: no PINs",
        "顔認証マイナンバーカード(暗証番号なし)",
    ),
    ("licence", "with a driving licence loaded, PIN set", "マイナ免許証あり・暗証番号設定済み"),
    ("licence_unset", "with a driving licence, no PIN set", "マイナ免許証あり・暗証番号未設定"),
    (
        "juki_disagrees",
        "resident-register PIN locked, common PIN full",
        "住基用だけロック・共通はロックなし",
    ),
    ("verified", "two PINs answer 9000 to the query", "問い合わせに9000と答える暗証番号がある"),
    ("unlimited", "some PINs answer 6300, no limit", "回数制限なし(6300)の暗証番号がある"),
    ("next_generation", "Type B, none of today's applets", "次期カード(今のAPが一つもない)"),
    ("juki_card", "the old 住基カード", "住民基本台帳カード"),
    ("phone_android", "certificates on an Android phone", "スマホ用電子証明書(Android)"),
    ("phone_ios", "certificates on an iPhone", "スマホ用電子証明書(iPhone)"),
    ("old_lock_word", "a locked PIN answers 6984", "ロックを6984で答えるカード"),
    ("slow", "waits long and asks for more time", "応答が遅く、待ち時間延長を求めるカード"),
    ("weak", "drops out once and comes back", "一度途切れて戻るカード"),
    ("swapped", "becomes another card half-way", "途中で別のカードに替わる"),
    (
        "driving_licence",
        "Type B, another card; a query costs a try",
        "運転免許証(Type B、別のカード)",
    ),
    ("transit", "Type F", "交通系ICカード(Type F)"),
    ("credit", "Type A", "クレジットカード(Type A)"),
    ("two_cards", "two Type B cards at once", "Type Bのカードが2枚"),
    ("wallet", "one Type B card and one Type A", "Type Bが1枚とType Aが1枚"),
)

FULL = {}
_NONE_LEFT = {"left": 0}

# name -> what differs from a full card: {key id: keyword arguments of Pin, or None for no such
# EF}, and under "certificates" the three bytes of EF 0008.
DIFFERENCES = {
    "fresh": {},
    "bank_app_lockout": {"visual_b": _NONE_LEFT},
    "bank_app_lockout_text_b": {"text_b": _NONE_LEFT},
    "text_pin_locked": {"text_pin": _NONE_LEFT},
    "sign_locked": {"sign": _NONE_LEFT},
    "auth_locked": {"auth": _NONE_LEFT},
    "jpki_both_locked": {"sign": _NONE_LEFT, "auth": _NONE_LEFT},
    "worn": {
        "sign": {"left": 3},
        "auth": {"left": 1},
        "juki": {"left": 2},
        "common": {"left": 1},
        "text_pin": {"left": 2},
        "text_a": {"left": 2},
        "text_b": {"left": 1},
        "visual_a": {"left": 1},
        "visual_b": {"left": 7},
        "visual_birth": {"left": 2},
    },
    # Without a certificate its key answers as if locked: "whatever it answers" must not count.
    "child": {"certificates": b"\x00\x8f\x00", "sign": _NONE_LEFT},
    "child_locked": {"certificates": b"\x00\x8f\x00", "sign": _NONE_LEFT, "auth": _NONE_LEFT},
    "face_auth": {
        "certificates": b"\x00\x8f\x00",
        "sign": None,
        "auth": _NONE_LEFT,
        "juki": _NONE_LEFT,
        "common": _NONE_LEFT,
        "text_pin": _NONE_LEFT,
    },
    "licence": {"licence": FULL},
    "licence_unset": {"licence": {"word": b"\x6a\x88"}},
    "juki_disagrees": {"juki": _NONE_LEFT},
    "verified": {"auth": {"word": b"\x90\x00"}, "text_pin": {"word": b"\x90\x00"}},
    "unlimited": {"text_a": {"word": b"\x63\x00"}, "visual_birth": {"word": b"\x63\x00"}},
    "old_lock_word": {"text_pin": {"left": 0, "locked_word": b"\x69\x84"}},
    "slow": {},
    "weak": {},
    "swapped": {},
    "two_cards": {},
    "wallet": {},
}
