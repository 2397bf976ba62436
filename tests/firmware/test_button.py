"""The button: a change is told once, and only what was looked at counts."""

from pinlamp.button import PRESSED, RELEASED, Button


class Finger:
    down = False

    def __call__(self):
        return self.down


def _button(down=False):
    finger = Finger()
    finger.down = down
    return finger, Button(finger)


def test_a_press_and_a_release_are_told_once_each():
    finger, button = _button()
    assert not button.down and button.look() == 0
    finger.down = True
    assert button.look() == PRESSED and button.down
    assert button.look() == 0 and button.down
    finger.down = False
    assert button.look() == RELEASED and not button.down
    assert button.look() == 0


def test_a_button_that_is_down_from_the_first_was_not_pressed():
    finger, button = _button(down=True)
    assert button.down and button.look() == 0
    finger.down = False
    assert button.look() == RELEASED


def test_a_press_between_two_looks_is_not_seen():
    finger, button = _button()
    finger.down = True
    finger.down = False
    assert button.look() == 0 and not button.down
