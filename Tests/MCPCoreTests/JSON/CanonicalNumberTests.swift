import NIOCore
import Testing

@testable import MCPCore

@Suite struct CanonicalNumberTests {
    @Test(
        "The samples of RFC 8785, appendix B come out as they stand there",
        arguments: [
            (0x0000_0000_0000_0000 as UInt64, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0xFFEF_FFFF_FFFF_FFFF, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xC340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"), (0x44B5_2D02_C7E1_4AF6, "1e+23"),
            (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"), (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
            (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"), (0x444B_1AE4_D6E2_EF50, "1e+21"),
            (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"), (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
            (0x41B3_DE43_5555_5553, "333333333.3333332"), (0x41B3_DE43_5555_5554, "333333333.33333325"),
            (0x41B3_DE43_5555_5555, "333333333.3333333"), (0x41B3_DE43_5555_5556, "333333333.3333334"),
            (0x41B3_DE43_5555_5557, "333333333.33333343"), (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
            (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ])
    func samples(bits: UInt64, text: String) {
        #expect(CanonicalNumber.text(of: Double(bitPattern: bits)) == text)
    }

    @Test(
        "A number is written one way, however it was",
        arguments: [
            ("1.0", "1"), ("1e0", "1"), ("100E-2", "1"), ("-0.0", "0"), ("-0", "0"), ("1e21", "1e+21"),
            ("123.456e2", "12345.6"),
            ("0.1", "0.1"), ("1E-7", "1e-7"), ("12e-8", "1.2e-7"), ("7", "7"), ("-15", "-15"),
        ])
    func spellings(written: String, text: String) {
        #expect(CanonicalNumber(ByteBuffer(string: written))?.text == text)
    }

    @Test("Integers that a double would round stay different")
    func large() {
        for text in ["9007199254740993", "9223372036854775807", "-9223372036854775808", "1000000000000000000000000"] {
            #expect(CanonicalNumber(ByteBuffer(string: text))?.text == text)
        }
    }

    @Test("A number that no double holds has no form")
    func infinite() {
        #expect(CanonicalNumber(ByteBuffer(string: "1e400")) == nil)
        #expect(CanonicalNumber(ByteBuffer(string: "1e-400"))?.text == "0")
    }
}
