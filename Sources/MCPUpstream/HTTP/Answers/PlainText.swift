import NIOCore

/// A stranger's words made fit for a log: short, on one line, nothing that moves a terminal's cursor.
enum PlainText {
    static func excerpt(of text: String, limit: Int = 200) -> String {
        var output = ""
        var count = 0
        var afterBlank = true
        for scalar in text.unicodeScalars {
            guard count < limit else { return output }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse:
                guard !afterBlank else { continue }
                output.unicodeScalars.append(" ")
                afterBlank = true
            default:
                output.unicodeScalars.append(scalar)
                afterBlank = false
            }
            count += 1
        }
        return output.last == " " ? String(output.dropLast()) : output
    }

    static func excerpt(of bytes: ByteBuffer, limit: Int = 200) -> String {
        let start = bytes.getBytes(at: bytes.readerIndex, length: min(bytes.readableBytes, limit * 4)) ?? []
        return excerpt(of: String(decoding: start, as: UTF8.self), limit: limit)
    }
}
