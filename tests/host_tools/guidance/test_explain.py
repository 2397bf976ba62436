"""What ordinary people, apps, clerks and terminals say, and what is about something else."""

import json
import re
import unicodedata

import pytest

from pinlamp_tools.guidance.explain import explain
from pinlamp_tools.guidance.texts import guidance, index, phrases
from pinlamp_tools.show.names import LANGUAGES

# The topic that has to come first -> what was said, one a line.
SAID = {
    "visual_ap": """
        対面確認アプリで読み取れない ブロック
        券面確認APがブロックされています
        劵面確認ＡＰ が、ブロックされて います。
        券面事項確認アプリケーションにロックがかかっている
        券面事項確認APがブロックされているため本人確認できません
        券面情報確認APがロック
        けんめんかくにんAP
        card face AP is locked
        blocked card surface AP""",
    "faq_7204": """
        FAQ 7204
        ＦＡＱ７２０４""",
    "text_ap": """
        券面情報入力用暗証番号
        券面入力補助用の暗証番号
        入力補助用の4桁
        公金受取口座の登録でロック
        e-Tax 券面事項入力補助用の暗証番号がロックされています
        card info input support PIN""",
    "nothing_locked": """
        銀行に行ってくれと言われた
        国のマイナンバー総合フリーダイヤルに聞けと言われた
        特にロックされてないですね
        特にロックはされていませんよ
        お調べしましたがロックされておりません
        ロックはございません
        ロックかかってませんけど
        特に問題ないですよ
        全部大丈夫です
        どれも生きてますね
        当市の端末ではロックは確認できません
        市役所で「どの暗証番号も正常です」と言われた
        区役所で見てもらったけど問題ないって
        窓口で再設定したのにアプリで使えない
        the clerk said nothing was locked
        It isn't locked according to city hall
        the app says the chip is locked but the city hall says it is not""",
    "phantom": """
        身に覚えがないのにロック
        カードは大丈夫なのにアプリだけロック
        phantom lockout
        Phantom Lock-out
        ロックされていないのにロックと表示される""",
    "shop_did_not_help": """
        セブンで暗証番号変えたのにまだロックって出る
        コンビニで直したのに直らない
        セブンイレブンでリセットしたのにだめだった
        コンビニで初期化してもらったのにまだロック
        reset it at 7-Eleven but it still fails
        convenience store reset did not work""",
    "reset_app": """
        顔写真が合いませんと出て予約できない
        JPKI暗証番号リセット
        コンビニの端末は24時間使えますか
        ファミマでパスワード再設定できる?
        暗証番号ロック解除 コンビニ
        can I reset the PIN at a convenience store""",
    "shop_certificates": """
        コンビニ交付で暗証番号がロック
        セブンイレブンの端末に「暗証番号がロックされています」と出た
        暗証番号がロックされているため証明書を発行できません
        住民票がコンビニで取れない""",
    "portal_fails": """
        マイナポータルにログインできない
        マイナポータルにログインできません
        マイナポータルに入れない
        マイナポータルが使えてない
        マイナポータルでエラーが出て先に進めない
        Myna Portal login no longer works
        I can't log in to Myna Portal""",
    "portal_works": """
        マイナポータルには入れる
        マイナポータルはログインできるのに
        マイナポは普通に使えてる
        マイナポータルに入れるのに銀行のアプリでロックと言われる
        I can still log in to Myna Portal""",
    "waiting": """
        1日待てば直る?
        一日まてばなおる？
        時間をおけば解除されますか
        自動で解除されますか
        翌日には使えますか
        wait a day
        does it unlock after 24 hours
        Will it unlock if I wait until tomorrow?""",
    "birth_date": """
        昭和63年は何て入れる?
        生年月日は和暦で
        生年月日って西暦で入れるの
        生年月日が一致しません
        年月日6桁
        date of birth wrong""",
    "number_b": """
        照合番号Ｂがロック
        セキュリティコードを何回も間違えた
        写真の下の4桁の数字
        あるアプリでは使えるのに別のアプリでは使えない
        security code doesn't work
        d払いの本人確認でセキュリティコードを間違えた""",
    "number_a": """
        照合番号A
        照合番号Ａがロックされました
        マイナンバー12桁を入れたらロックした""",
    "age": "年齢確認ができない",
    "child": """
        子供のマイナンバーカードが使えない
        15歳未満の子どものカード
        お子様のカードは署名用が使えません
        my child's card is locked""",
    "not_issued": """
        電子証明書がありません
        署名用電子証明書が見つかりません
        no signing certificate on the card""",
    "face_card": """
        マイナ保険証だけ使えるカード
        顔認証マイナンバーカードです""",
    "face_reader": """
        病院の顔認証で10回失敗した
        マイナ保険証がロックされた""",
    "licence": """
        マイナ免許証がロックした
        driver's licence PIN locked""",
    "phone": """
        スマホ用電子証明書のパスワードを忘れた
        スマホのマイナンバーカードがロック
        スマホJPKIのパスワードを忘れました
        iPhoneのマイナンバーカードの暗証番号がロックされた
        Apple WalletのマイナンバーカードのPINをロックした
        スマホ用署名用電子証明書のパスワードがロック
        My Number Card on my iPhone is locked""",
    "sign": """
        しょめいようパスワードわすれた
        署名用パスワードがロックされました
        6桁から16桁の英数字
        e-Taxで署名できない
        Windows 11のe-Taxで署名用パスワードがロック
        Googleの口コミにあったけど署名用パスワードのロックはどこで直す
        駐車場から窓口に行ったら署名用がロックと言われた
        引っ越したら署名用が使えなくなった
        my signature password is locked, they said at my town office""",
    "auth": """
        利用者証明用電子証明書のパスワードがロックされています
        user authentication PIN locked""",
    "juki": """
        転入届で暗証番号がロックと言われた
        住民基本台帳用暗証番号ロック""",
    "juki_card": "住基カードのパスワード",
    "identity_check": """
        銀行アプリの本人確認でロック
        メルカリの本人確認でロック
        the bank app says the card is locked""",
    "expired": """
        更新したのにまだ使えない
        署名用電子証明書が失効しています
        電子証明書の有効期限は大丈夫ですか""",
    "e_tax": """
        国税庁の確定申告コーナーで4桁がロック
        イータックスでロックって出る""",
    "tries": """
        残りの回数が少ないため中止
        アプリに『残り99回』と出る
        あと何回間違えられる?
        規定回数以上間違えたため、ロックされました
        入力可能回数を超えました
        暗証番号がわからない
        パスワードを再設定したい
        too many wrong attempts""",
    "password": "パスワードがロックしています",
    "four_digits": """
        暗証番号がロック
        The PIN is blocked""",
    "chip": """
        ICチップがロック
        ＩＣチップがロックされているようです
        ロックされた
        マイナンバーカードが使えなくなった
        スマホでマイナンバーカードを読み取るとロックと出る
        My card is blocked
        Card locked""",
    "not_read": """
        ICチップを読み取れません
        病院でカードが読めない
        The camera cannot read my number card""",
    "office": """
        代理人が行ってもいいですか
        寝たきりの母のカードのロック解除
        ロック解除に必要な書類
        文書照会
        どこで暗証番号を直せますか""",
    "both_certificates": "どっちの暗証番号も忘れた",
    "error_code": """
        EI123-2008
        MPA-IS-I05""",
}

UNRELATED = """
    今日の天気
    こんにちは
    7205
    credit card PIN
    my credit card is locked
    クレジットカードのセキュリティコード
    銀行のATMで暗証番号を3回間違えた
    セブンイレブンのATMで暗証番号がロック
    みずほ銀行のキャッシュカードがロック
    iPhoneの画面ロックを解除したい
    スマホのパスワードを忘れた
    車のドアがロックされた
    SIMカードがロックされた
    Suicaカードが使えない
    ETCカードが使えない
    LINEのパスワード忘れた
    Netflixのパスワードを忘れた
    forgot my Netflix password
    パスワードがロックされたGoogleアカウント
    Excelのシートがロックされている
    Lockheed Martin
    the clock in the shopping mall
    stop in at the block party
    signature dish
    happy birthday
    PINGコマンド
    ring me back tomorrow if you can wait
    Waiting for a train tomorrow
    運転免許の更新に行きたい
    パスポートの期限切れ
    保険証を忘れた
    妻の誕生日を忘れた
    昭和生まれです
    子供が待っている
    ロックバンド
    ブロック塀
    部屋に入れない"""


def _lines(text):
    return [line.strip() for line in text.strip().splitlines()]


def _found(text):
    topics = explain(phrases(), index(), unicodedata.normalize("NFKC", text))
    return [topic["id"] for topic in topics]


@pytest.mark.parametrize(
    ("text", "first"), [(text, topic) for topic, said in SAID.items() for text in _lines(said)]
)
def test_it_knows_what_was_said(text, first):
    assert _found(text)[:1] == [first]


def test_every_topic_is_tried():
    assert set(SAID) == {topic["id"] for topic in phrases()["topics"]}


@pytest.mark.parametrize("text", ["", *_lines(UNRELATED)])
def test_it_does_not_know_what_is_about_something_else(text):
    assert _found(text) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_so_when_it_does_not_know_and_offers_the_topics(pinlamp, one_line, lang):
    done = pinlamp("explain", "今日の天気", "--lang", lang)
    assert phrases()["unknown"][lang] in one_line(done, 1)
    bare = "".join(done.stdout.split())
    for topic in phrases()["topics"]:
        assert "".join(topic[lang]["title"].split()) in bare
    assert pinlamp("explain", "今日の天気", "--json").stdout == "[]\n"


@pytest.mark.parametrize("text", _lines(SAID["phone"]))
def test_a_phone_is_not_sent_to_the_office(text):
    (topic,) = explain(phrases(), index(), unicodedata.normalize("NFKC", text))
    assert "市区町村" not in topic["ja"]["go"] and "窓口では再設定できません" in topic["ja"]["go"]


def test_a_shop_s_terminal_is_never_offered_on_the_other_number_s_last_try():
    # It is entered twice there.
    offers = {"ja": [], "en": []}
    for topic in phrases()["topics"]:
        for lang, told in offers.items():
            told += _offers(lang, topic[lang].values())
    assert {lang: len(told) for lang, told in offers.items()} == {"ja": 10, "en": 10}
    for lang, told in offers.items():
        keys = guidance(lang)["kinds"]["my_number_card"]["keys"]
        told += _offers(lang, [keys["sign"]["who"], keys["auth"]["who"]])
        assert len(told) == 12
    assert all("残り1回で" in text for text in offers["ja"])
    assert all("on its last try" in text for text in offers["en"])


def _offers(lang, texts):
    parts = [part for text in texts for part in re.split("。|(?<=[.;]) ", text)]
    return [part for part in parts if OFFERS[lang](part)]


OFFERS = {
    "ja": lambda text: "端末" in text and re.search("再設定できます|とき[)]", text),
    "en": lambda text: "terminal" in text and re.search("known|you know", text),
}


def test_what_is_offered_is_true():
    # An offer of eleven numbers is true only with a licence on the card.
    assert "11あり" not in json.dumps(phrases(), ensure_ascii=False)
