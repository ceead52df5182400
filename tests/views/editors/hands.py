"""What a user can do to a matrix editor, and networks of any size to do it to."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from rnnviz.document.document import Document, Input, Layer, Objective, Place, weight_shapes

W_HH, W_XH, B_H = Place(0, "W_hh"), Place(0, "W_xh"), Place(0, "b_h")
KEY, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


class Hand:
    """What a user can do to an editor, and what then is to be seen."""

    def __init__(self, editor, window):
        self.editor, self.window = editor, window
        self.session = editor.session
        self.refusals = []
        editor.message.connect(self.refusals.append)

    @property
    def array(self):
        return self.session.document.weight(self.editor.place)

    @property
    def entry(self):
        """The open field, or None."""
        fields = [field for field in self.window.findChildren(QLineEdit) if field.isVisible()]
        return fields[0] if fields else None

    @property
    def reason(self):
        """What is written below a wrong number."""
        labels = [label for label in self.window.findChildren(QLabel) if label.isVisible()]
        return labels[0].text() if labels else ""

    def at(self, row, column):
        return self.editor.cell_rect(row, column).center()

    def click(self, row, column, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.mouseClick(self.editor, LEFT, modifiers, self.at(row, column))

    def press(self, row, column, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.mousePress(self.editor, LEFT, modifiers, self.at(row, column))

    def drag_to(self, point, modifiers=Qt.KeyboardModifier.NoModifier, buttons=LEFT):
        # QTest.mouseMove takes no modifiers
        where = QPointF(point)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            where,
            QPointF(self.editor.mapToGlobal(where)),
            Qt.MouseButton.NoButton,
            buttons,
            modifiers,
        )
        QApplication.sendEvent(self.editor, event)

    def release(self, point, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.mouseRelease(self.editor, LEFT, modifiers, QPoint(point))

    def drag(self, row, column, up, modifiers=Qt.KeyboardModifier.NoModifier):
        start = self.at(row, column)
        self.press(row, column, modifiers)
        for part in (0.3, 0.7, 1.0):
            self.drag_to(start - QPoint(0, round(part * up)), modifiers)
        self.release(start - QPoint(0, up), modifiers)

    def wheel(self, row, column, notches, modifiers=Qt.KeyboardModifier.NoModifier, delta=120):
        where = QPointF(self.at(row, column))
        event = QWheelEvent(
            where,
            QPointF(self.editor.mapToGlobal(where)),
            QPoint(),
            QPoint(0, round(delta * notches)),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.editor, event)
        return event.isAccepted()

    def key(self, key, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self.entry or self.editor, key, modifiers)

    def type(self, text):
        for letter in text:
            # QTest knows the keys of ASCII only, and aborts on others
            key = ord(letter) if letter.isascii() else 0
            press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(self.entry or self.editor, press)

    def enter(self, text):
        self.entry.selectAll()
        self.type(text)
        self.key(KEY.Key_Return)

    def copy(self):
        self.key(KEY.Key_C, CTRL)
        return QGuiApplication.clipboard().text()

    def paste(self, text):
        QGuiApplication.clipboard().setText(text)
        self.key(KEY.Key_V, CTRL)

    def steps(self):
        return self.session.history.index


def network(units=32, inputs=4, cell="rnn", layers=1):
    made, width = [], inputs
    for _ in range(layers):
        rng = np.random.default_rng(3)
        shapes = weight_shapes(cell, units, width)
        made.append(Layer(cell, {name: rng.normal(size=shape) * 0.3 for name, shape in shapes.items()}))
        width = units
    names = tuple(f"x{n}" for n in range(inputs))
    return Document(tuple(made), None, Input(names, np.zeros((1, 3, inputs))), Objective())
