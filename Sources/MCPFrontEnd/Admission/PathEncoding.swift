/// Server names as they stand in URLs.
package enum PathEncoding {
    /// Percent-encodes what may not stand in a path as it is; slashes stay.
    package static func encode(_ name: String) -> String {
        name.utf8.map { byte in
            byte > 0x20 && byte < 0x7F && !"\"<>`{}|^".utf8.contains(byte)
                ? String(decoding: [byte], as: UTF8.self) : "%" + hexadecimal(byte)
        }.joined()
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "0" + digits : digits
    }
}
