/// What a file says that holds one secret, as `${file:…}` puts it in.
package enum SecretText {
    /// The longest file.
    package static let maximumBytes = 64 << 10

    /// The text without one line break at its end, which editors and `echo` leave there.
    ///
    /// - Throws: what is wrong with the file, in words that repeat nothing of it.
    package static func text(of bytes: [UInt8]) throws(UnreadFile.Fault) -> String {
        guard bytes.count <= maximumBytes else {
            throw UnreadFile.Fault("is longer than \(ByteSizeText.format(maximumBytes))")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw UnreadFile.Fault("is not in UTF-8") }
        var scalars = text.unicodeScalars[...]
        if scalars.last == "\n" {
            scalars.removeLast()
            if scalars.last == "\r" { scalars.removeLast() }
        }
        guard !scalars.isEmpty else { throw UnreadFile.Fault("is empty") }
        return String(scalars)
    }
}

/// A file that was to be put in, and could not be.
package struct UnreadFile: Sendable, Equatable {
    /// Why not.
    package struct Fault: Error, Sendable, Equatable {
        /// What is wrong with the file, such as `is not there`.
        let words: String

        package init(_ words: String) {
            self.words = words
        }
    }

    /// As it is written.
    let path: String
    let fault: Fault
}

/// What reads the files of `${file:…}`.
package struct SecretFiles: Sendable {
    let text: @Sendable (_ path: String) -> Result<String, UnreadFile.Fault>

    /// - Parameter text: Reads the file of a path as it is written.
    package init(text: @escaping @Sendable (_ path: String) -> Result<String, UnreadFile.Fault>) {
        self.text = text
    }

    /// None is read.
    ///
    /// - Parameter reason: Why not, such as `is not read: …`.
    package static func none(because reason: String) -> SecretFiles {
        SecretFiles { _ in .failure(UnreadFile.Fault(reason)) }
    }
}
