import Testing

@testable import MCPCore

@Suite struct HexadecimalTests {
    @Test("Exactly the 22 hexadecimal digits have a value")
    func values() {
        let digits = (UInt8.min...UInt8.max).filter { Hexadecimal.value(of: $0) != nil }
        #expect(String(decoding: digits, as: UTF8.self) == "0123456789ABCDEFabcdef")
    }

    @Test("A digit that is written is read back")
    func roundTrip() {
        for value in UInt8(0)..<16 { #expect(Hexadecimal.value(of: Hexadecimal.digit(value)) == value) }
    }
}
