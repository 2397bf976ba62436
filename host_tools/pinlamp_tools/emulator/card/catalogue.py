"""The virtual cards, a row each: a name, and how it differs from a full My Number Card.

What has to be found on each of them is in tests/truth/cards.json.
"""

from mynacard.keys import JPKI, JUKI, TEXT

from .content import driving_licence, my_number, next_generation, payment

# ATQB without PUPI (application data, protocol info): one published, two taken from published ATRs
# (FWI 13; the 住基カード), and one invented, of a card without CID.
_USUAL = (b"\x00\x00\x05\xe0", b"\xb3\x81\xa1")
_FWI_13 = (b"\x00\x4b\x51\xff", b"\x00\x81\xd1")
_JUKI_CARD = (b"\x00\x00\x14\xe0", b"\xb3\x81\x91")
_NO_CID = (b"\x00\x00\x00\x00", b"\x00\x81\x90")

_LOCKED = {"left": 0}
_NO_SIGN = b"\x00\x8f\x00"  # EF 0008 without a signature certificate


class Card:
    """A virtual card.

    name      its name in every command and test
    en, ja    what it is, on one line
    icc       a function of `content`: what is on it; `differs` are its keyword arguments
    air       Type B, A or F of ISO 14443 and ISO 18092
    atqb      of Type B: application data and protocol info of its ATQB
    slow      takes twice the time, at first far more, and asks for waiting time extensions
    breaks    (blocks, name): after so many blocks it drops out and comes back as that card, or
              as itself for None
    beside    the name of another card that lies beside it
    """

    def __init__(
        self,
        name,
        en,
        ja,
        icc=my_number,
        air="B",
        atqb=_USUAL,
        slow=False,
        breaks=None,
        beside=None,
        **differs,
    ):
        self.name = name
        self.en = en
        self.ja = ja
        self.icc = icc
        self.air = air
        self.atqb = atqb
        self.slow = slow
        self.breaks = breaks
        self.beside = beside
        self.differs = differs


CARDS = (
    Card(
        "fresh",
        "nothing locked, every counter full",
        "すべてロックなし(間違いの記録なし)",
    ),
    Card(
        "bank_app_lockout",
        "check number B (card face) locked, all else full",
        "券面事項確認APの照合番号Bだけロック",
        pins={"visual_b": _LOCKED},
    ),
    Card(
        "bank_app_lockout_text_b",
        "check number B (text input) locked, all else full",
        "券面事項入力補助APの照合番号Bだけロック",
        pins={"text_b": _LOCKED},
    ),
    Card(
        "text_pin_locked",
        "the text input support PIN locked",
        "券面事項入力補助用の暗証番号がロック",
        pins={"text_pin": _LOCKED},
    ),
    Card(
        "sign_locked",
        "the signature PIN locked",
        "署名用電子証明書の暗証番号がロック",
        pins={"sign": _LOCKED},
    ),
    Card(
        "auth_locked",
        "the authentication PIN locked",
        "利用者証明用電子証明書の暗証番号がロック",
        pins={"auth": _LOCKED},
    ),
    Card(
        "jpki_both_locked",
        "signature and authentication locked",
        "署名用と利用者証明用の両方がロック",
        pins={"sign": _LOCKED, "auth": _LOCKED},
    ),
    Card(
        "worn",
        "some tries used, some last ones",
        "使いかけと残り1回がまざったカード",
        first_word=b"\x6f\x00",  # some cards answer so after power-up [S soltia]
        pins={
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
    ),
    Card(
        "number_a_used",
        "wrong entries of both check numbers A",
        "照合番号Aの間違いの記録がある",
        pins={"text_a": {"left": 9}, "visual_a": {"left": 3}, "visual_birth": {"left": 3}},
    ),
    Card(
        "certificates_unread",
        "signature PIN locked, certificates not readable",
        "署名用がロック・電子証明書の有無は読めない",
        certificates=None,
        pins={"sign": _LOCKED},
    ),
    Card(
        "child",
        "no signature certificate, all else full",
        "署名用電子証明書なし(15歳未満など)",
        certificates=_NO_SIGN,
        # Without a certificate its key answers as if locked: "whatever it answers" must not count.
        pins={"sign": _LOCKED},
    ),
    Card(
        "child_locked",
        "no signature certificate, authentication really locked",
        "署名用電子証明書なし・利用者証明用がロック",
        certificates=_NO_SIGN,
        pins={"sign": _LOCKED, "auth": _LOCKED},
    ),
    Card(
        "child_three_locked",
        "no signature certificate, one of four PINs free",
        "署名用電子証明書なし・4つのうち3つがロック",
        certificates=_NO_SIGN,
        pins={"sign": _LOCKED, "auth": _LOCKED, "juki": _LOCKED, "text_pin": _LOCKED},
    ),
    Card(
        "face_auth",
        "card for face authentication: no PINs",
        "顔認証マイナンバーカード(暗証番号なし)",
        certificates=_NO_SIGN,
        pins={
            "sign": None,
            "auth": _LOCKED,
            "juki": _LOCKED,
            "common": _LOCKED,
            "text_pin": _LOCKED,
        },
    ),
    Card(
        "licence",
        "with a driving licence loaded, PIN set",
        "マイナ免許証あり・暗証番号設定済み",
        licence=b"\xc1\x01\x01",
    ),
    Card(
        "licence_unset",
        "with a driving licence, no PIN set",
        "マイナ免許証あり・暗証番号未設定",
        licence=b"\xc1\x01\x00",
        pins={"licence": {"word": b"\x6a\x88"}},
    ),
    Card(
        "juki_disagrees",
        "resident-register PIN locked, common PIN full",
        "住基用だけロック・共通はロックなし",
        pins={"juki": _LOCKED},
    ),
    Card(
        "verified",
        "two PINs answer 9000 to the query",
        "問い合わせに9000と答える暗証番号がある",
        pins={"auth": {"word": b"\x90\x00"}, "text_pin": {"word": b"\x90\x00"}},
    ),
    Card(
        "unlimited",
        "some PINs answer 6300, no limit",
        "回数制限なし(6300)の暗証番号がある",
        pins={"text_a": {"word": b"\x63\x00"}, "visual_birth": {"word": b"\x63\x00"}},
    ),
    Card(
        "text_deactivated",
        "the text input application is switched off",
        "券面事項入力補助APが停止している",
        deactivated=(TEXT,),
    ),
    Card(
        "jpki_deactivated",
        "JPKI switched off, nothing else on the card",
        "公的個人認証APだけがあり、停止している",
        applets=(JPKI,),
        deactivated=(JPKI,),
    ),
    Card(
        "next_generation",
        "Type B, none of today's applets",
        "次期カード(今のAPが一つもない)",
        icc=next_generation,
    ),
    Card(
        "newer_token",
        "a token that is not known here",
        "知られていないトークン(新しい種類のカード)",
        token=b"JPKIAPICCTOKEN3",  # invented
    ),
    Card(
        "zero_padded",
        "its token is filled up with zeros",
        "トークンのうしろが00のカード",
        token=b"JPKIAPICCTOKEN2" + bytes(17),
        pins={"visual_b": _LOCKED},
    ),
    Card(
        "juki_card",
        "the old 住基カード",
        "住民基本台帳カード",
        atqb=_JUKI_CARD,
        token=b"JPKIAPICCTOKEN",
        applets=(JPKI, JUKI),
    ),
    Card(
        "phone_android",
        "certificates on an Android phone",
        "スマホ用電子証明書(Android)",
        token=b"JPKIAPGPSETOKEN",
        applets=(JPKI,),
    ),
    Card(
        "phone_ios",
        "certificates on an iPhone",
        "スマホ用電子証明書(iPhone)",
        token=b"JPKIAPIOSTOKEN",
        applets=(JPKI,),
    ),
    Card(
        "old_lock_word",
        "a locked PIN answers 6984",
        "ロックを6984で答えるカード",
        pins={"text_pin": {"left": 0, "locked_word": b"\x69\x84"}},
    ),
    Card(
        "slow",
        "waits long and asks for more time",
        "応答が遅く、待ち時間延長を求めるカード",
        atqb=_FWI_13,
        slow=True,
    ),
    Card(
        "weak",
        "drops out once and comes back",
        "一度途切れて戻るカード",
        breaks=(9, None),
    ),
    Card(
        "swapped",
        "becomes another card half-way",
        "途中で別のカードに替わる",
        breaks=(12, "sign_locked"),
    ),
    Card(
        "driving_licence",
        "Type B, another card; a query costs a try",
        "運転免許証(Type B、別のカード)",
        icc=driving_licence,
        atqb=_NO_CID,
    ),
    Card(
        "transit",
        "Type F",
        "交通系ICカード(Type F)",
        air="F",
    ),
    Card(
        "credit",
        "Type A",
        "クレジットカード(Type A)",
        icc=payment,
        air="A",
    ),
    Card(
        "two_cards",
        "two Type B cards at once",
        "Type Bのカードが2枚",
        beside="fresh",
    ),
    Card(
        "wallet",
        "one Type B card and one Type A",
        "Type Bが1枚とType Aが1枚",
        beside="credit",
    ),
)
