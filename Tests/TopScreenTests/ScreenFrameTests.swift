import Testing

@testable import TopScreen

@Suite struct ScreenFrameTests {
    private func frame(columns: Int = 20, rows: Int = 5) -> ScreenFrame {
        var line = ScreenLine("漢", .good)
        line.add("12", .plain, at: 6)
        return ScreenFrame([ScreenLine("head", .strong), line], columns: columns, rows: rows)
    }

    @Test("A frame is drawn line after line, and the rest is cleared behind it")
    func steps() {
        #expect(
            frame().steps(hasColours: false)
                == "\u{1B}[1;1Hhead\u{1B}[K\u{1B}[2;1H\u{1B}[2K漢\u{1B}[7G12\u{1B}[K\u{1B}[3;1H\u{1B}[J")
    }

    @Test("What stands in the last column and on the last line is not cleared")
    func corner() {
        #expect(
            frame(columns: 8, rows: 2).steps(hasColours: false)
                == "\u{1B}[1;1Hhead\u{1B}[K\u{1B}[2;1H\u{1B}[2K漢\u{1B}[7G12")
    }

    @Test("Colours stand where they are wanted, and end with what they are for")
    func colours() {
        #expect(frame().steps(hasColours: true).contains("\u{1B}[1mhead\u{1B}[0m"))
        #expect(!frame().steps(hasColours: false).contains("m"))
    }

    @Test("Nobody clears the screen before it is drawn")
    func noFlicker() {
        #expect(!frame().steps(hasColours: true).contains("\u{1B}[2J"))
    }
}
