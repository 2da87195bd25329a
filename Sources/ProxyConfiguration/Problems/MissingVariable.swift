/// Something that a text leaves to be filled in, and that nobody has filled in.
struct MissingVariable: Equatable {
    /// Who could fill it in.
    enum Kind: Equatable {
        /// A variable of the environment.
        case variable
        /// The program whose file it is, or its user.
        case otherProgram
    }

    var kind: Kind
    /// The name of the variable, or all that is written.
    var name: String
    var position: SourcePosition
    /// The value that needs it.
    var path: ConfigurationPath

    /// What is wrong, in words.
    var message: String {
        switch kind {
        case .variable: "the environment variable \(name) is not set"
        case .otherProgram: "\(ConfigurationPath.shown(name)) is something that only another program can fill in"
        }
    }

    /// What to do about it.
    func suggestion(source: String) -> String {
        switch kind {
        case .variable: "Set it, or write $$ for a dollar sign"
        case .otherProgram where name.hasPrefix("${input:"):
            "Write a variable such as ${NAME}, or run: \(OtherPrograms.importCommand(source)) --input '\(inputID)=…'"
        case .otherProgram: "Write the value itself, or run: \(OtherPrograms.importCommand(source))"
        }
    }

    private var inputID: String { ConfigurationPath.shown(String(name.dropFirst("${input:".count).dropLast())) }
}

extension [MissingVariable] {
    /// Why a server that needs all of these cannot be started, in words; nil if there are none.
    var reason: String? {
        var seen: Set<String> = []
        let messages = filter { seen.insert($0.name).inserted }.map(\.message)
        return messages.isEmpty ? nil : messages.joined(separator: "; ")
    }
}
