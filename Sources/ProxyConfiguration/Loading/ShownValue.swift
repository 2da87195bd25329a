/// One value that counts, as people may see it, and where it comes from. Never holds a secret.
package struct ShownValue: Sendable, Equatable {
    /// Says where a value comes from.
    package enum Origin: String, Sendable, CaseIterable {
        /// It is written in the configuration.
        case file
        /// The configuration names variables of the environment, or the variable is the program's own.
        case environment
        /// The configuration names a file with a secret (`${file:…}`).
        case secretFile
        case commandLine
        /// Nothing is written.
        case standard = "default"
    }

    /// The way to it, such as `mcpProxy.addr`, or an option of the program.
    package let key: String
    /// nil where it is not shown.
    package let text: String?
    package let origin: Origin
    /// The variables or files that are named in its place.
    package var names: [String] = []
    /// Where it is written; nil where it is not.
    package var position: SourcePosition?

    package init(_ key: String, _ text: String?, from origin: Origin) {
        self.key = key
        self.text = text
        self.origin = origin
    }
}
