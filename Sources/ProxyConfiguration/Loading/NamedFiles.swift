/// Reads the files with secrets that a configuration names: what is read of the file system while the configuration is,
/// comes in here.
package struct NamedFiles: Sendable {
    /// The longest of them.
    package static let maximumBytes = 1 << 20

    private let contents: @Sendable (String) throws(ConfigurationError) -> [UInt8]?

    /// - Parameter contents: What a file holds; nil where there is none.
    package init(_ contents: @escaping @Sendable (String) throws(ConfigurationError) -> [UInt8]?) {
        self.contents = contents
    }

    /// Where no file may be read.
    package static let none = NamedFiles { path throws(ConfigurationError) in
        throw ConfigurationError(
            code: .unreadable,
            problems: [ConfigurationProblem(severity: .error, source: path, message: "no file is read here")])
    }

    /// The text of a file, or in words why there is none. The words never hold what stands in it.
    func text(of path: String) -> Result<String, Fault> {
        do throws(ConfigurationError) {
            guard let bytes = try contents(path) else { return .failure(Fault(words: "there is no such file")) }
            guard bytes.count <= Self.maximumBytes else {
                return .failure(Fault(words: "the file has more than \(ByteSizeText.format(Self.maximumBytes))"))
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                return .failure(Fault(words: "the file is not UTF-8 text"))
            }
            return .success(text)
        } catch {
            return .failure(Fault(words: error.problems.first?.message ?? "the file cannot be read"))
        }
    }

    struct Fault: Error {
        let words: String
    }
}
