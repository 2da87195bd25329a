import Testing

@testable import MCPCore

@Suite struct SecretMaskTests {
    private static let secret = "s3cr/et+canary==value&x\"1"

    @Test(
        "A secret is found however URLs, forms, JSON, HTML and Base64 write it",
        arguments: [
            #"s3cr/et+canary==value&x"1"#, #"s3cr\/et+canary==value&x\"1"#,
            #"s3cr/et\u002Bcanary==value\u0026x\u00221"#, "s3cr%2fet%2bcanary%3d%3dvalue%26x%221",
            "s3cr%2Fet+canary%3D=value&x%221", "s3cr/et&#x2B;canary==value&amp;x&quot;1",
            "s3cr/et&#43;canary==value&x&#34;1",
            "%73%33%63%72%2F%65%74%2B%63%61%6E%61%72%79%3D%3D%76%61%6C%75%65%26%78%22%31",
            "czNjci9ldCtjYW5hcnk9PXZhbHVlJngiMQ==", "czNjci9ldCtjYW5hcnk9PXZhbHVlJngiMQ",
        ])
    func written(text: String) {
        let shown = SecretMask.hiding([Self.secret], in: "it says \(text), and more")
        #expect(shown.hasPrefix("it says …") && shown.hasSuffix(", and more"), "\(shown)")
        #expect(!shown.contains("s3cr") && !shown.contains("canary") && !shown.contains("6E%61"), "\(shown)")
    }

    @Test("In Base64 for URLs, too")
    func base64URL() {
        let secret = "??>>??>>"
        #expect(SecretMask.hiding([secret], in: "a Pz8-Pj8_Pj4 b") == "a … b")
        #expect(SecretMask.hiding([secret], in: "a Pz8+Pj8/Pj4= b") == "a …= b")
    }

    @Test(
        "A secret that holds what looks like an escape is found as it stands", arguments: ["a%25b-c", #"a\u0041b-c"#])
    func escapes(secret: String) {
        #expect(SecretMask.hiding([secret], in: "x \(secret) y") == "x … y")
    }

    @Test("The longer of two is taken out first, and a space may be a plus")
    func several() {
        #expect(SecretMask.hiding(["canary", "canary-long"], in: "canary-long canary") == "… …")
        #expect(SecretMask.hiding(["Bearer canary"], in: "Bearer+canary Bearer%20canary") == "… …")
    }

    @Test(
        "Of a secret at which a text was cut nothing stays, nor of one that was cut in an escape",
        arguments: ["canary-0", "%63anary", #"can\u0061r"#, "canar%7", #"canar\u00"#, "cana&#11", "canary-"])
    func cut(rest: String) {
        #expect(SecretMask.hiding(["canary-0123"], inStartOf: "words \(rest)") == "words …")
    }

    @Test(
        "What is none stays", arguments: ["100 % of can", "&&& \\\\ %zz %", "can", "a &lt; b &#x; &#1234567890;", ""])
    func none(text: String) {
        #expect(SecretMask.hiding(["canary-0123", "on-off"], inStartOf: text) == text)
        #expect(SecretMask.hiding([], inStartOf: text) == text)
    }

    @Test("Whatever mixture of spellings it is written in, it is found, and nothing else ends the search")
    func random() {
        var generator = SystemRandomNumberGenerator()
        let secret = Array("a&b\"c/d\\e+f%g<h".utf8)
        let pieces = ["%", "\\", "\\u", "&", "&#", "&#x", ";", "u00", "61", "a", "&amp;", "%2", "+", "é", " "]
        for _ in 0..<2_000 {
            let before = (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
                pieces.randomElement(using: &generator)!
            }
            let written = secret.map { byte in
                let hex = (byte < 16 ? "0" : "") + String(byte, radix: 16)
                return ["%\(hex)", "%\(hex.uppercased())", "\\u00\(hex)", "&#x\(hex);", "&#\(byte);"].randomElement(
                    using: &generator)!
            }
            let text = before.joined() + " " + written.joined() + " end"
            let shown = SecretMask.hiding([String(decoding: secret, as: UTF8.self)], in: text)
            #expect(shown == before.joined() + " … end", "\(text)")
            _ = SecretMask.hiding([String(decoding: secret, as: UTF8.self)], inStartOf: before.joined())
        }
    }
}
