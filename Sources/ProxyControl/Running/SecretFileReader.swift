package import ProxyConfiguration
import Synchronization

/// Reads the files of `${file:…}` for one reading of a configuration: each once, so that it says the same wherever it is
/// named.
package final class SecretFileReader: Sendable {
    private struct Read {
        let mark: String
        /// nil where others read the file.
        let text: Result<String, UnreadFile.Fault>?
    }

    private let folder: String
    private let read = Mutex<[String: Read]>([:])

    /// - Parameter folder: What paths are relative to that do not begin at the root.
    package init(in folder: String) {
        self.folder = folder
    }

    /// - Parameter file: The configuration, beside which the files are looked for.
    package convenience init(beside file: String) {
        let slash = file.lastIndex(of: "/")
        self.init(in: slash.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? ".")
    }

    /// What reads them.
    package var files: SecretFiles { SecretFiles { self.text(of: $0) } }

    /// The paths that were named, and what each file was known by before it was read.
    package var marks: [String: String] { read.withLock { $0.mapValues(\.mark) } }

    /// Notes a file that others are about to read for the same reading.
    package func note(_ path: String) {
        let mark = Self.mark(of: path)
        read.withLock { $0[path] = $0[path] ?? Read(mark: mark, text: nil) }
    }

    private func text(of written: String) -> Result<String, UnreadFile.Fault> {
        let path = written.hasPrefix("/") ? written : "\(folder)/\(written)"
        return read.withLock { read in
            if let known = read[path]?.text { return known }
            let mark = Self.mark(of: path)
            let text = Self.text(at: path)
            read[path] = Read(mark: mark, text: text)
            return text
        }
    }

    private static func text(at path: String) -> Result<String, UnreadFile.Fault> {
        do throws(SmallFile.Fault) {
            let file = try SmallFile(path, atMost: SecretText.maximumBytes)
            return Result { () throws(UnreadFile.Fault) in try SecretText.text(of: file.bytes) }
        } catch {
            return .failure(UnreadFile.Fault(error.description))
        }
    }

    /// What a file is known by; one that is not there as well.
    package static func mark(of path: String) -> String { FileMark.of(path) ?? "none" }
}
