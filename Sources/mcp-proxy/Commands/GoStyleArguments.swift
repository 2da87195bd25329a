/// Accepts options as the Go program does: with one dash or two, and switches with a value.
enum GoStyleArguments {
    private static let valued: Set<String> = [
        "config", "http-headers", "http-timeout", "state-dir", "log-level", "pins",
    ]
    private static let switches: Set<String> = ["insecure", "expand-env", "help", "version", "check-config"]

    /// The arguments as the parser expects them: two dashes, and every switch of the original with its value.
    static func normalized(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                result.append(argument)
                result += rest
                break
            }
            result.append(normalized(argument))
            // The value of an option is never an option itself.
            let name = argument.drop { $0 == "-" }
            if argument.hasPrefix("-"), valued.contains(String(name)), let value = rest.popFirst() {
                result.append(value)
            }
        }
        return checking(result)
    }

    private static func normalized(_ argument: String) -> String {
        guard argument.hasPrefix("-"), argument != "-" else { return argument }
        let body = argument.drop { $0 == "-" }
        let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, valued.contains(name) || switches.contains(name) else {
            // The parser would take the letters for options of one letter each, such as -h for help.
            return argument.hasPrefix("--") || argument.utf8.count < 3 || isNumber(body) ? argument : "-\(argument)"
        }
        guard switches.contains(name) else { return "--\(body)" }
        if name == "help" || name == "version" { return "--\(name)" }
        return "--\(name)=\(parts.count > 1 ? parts[1] : "true")"
    }

    private static func isNumber(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") }
    }

    /// `-check-config` is a subcommand here, for which the log has no level and nothing is kept.
    private static func checking(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        // The parser refuses any other value.
        let words = ["--check-config=true", "--check-config=false"]
        guard let last = arguments[..<end].last(where: words.contains) else { return arguments }
        var kept: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if words.contains(argument) { continue }
            let isChecked = last == "--check-config=true"
            if isChecked, argument == "--log-level" || argument == "--state-dir" {
                _ = rest.popFirst()
            } else if !isChecked || !(argument.hasPrefix("--log-level=") || argument.hasPrefix("--state-dir=")) {
                kept.append(argument)
            }
        }
        return last == "--check-config=true" ? ["check"] + kept : kept
    }

    /// The first word that is neither an option nor the value of one: the subcommand, where there is one. After an option
    /// that is not known nobody can tell.
    ///
    /// - Parameter arguments: As ``normalized(_:)`` has made them.
    static func subcommand(of arguments: [String]) -> String? {
        let first = firstOfItsOwn(arguments)
        return first.map { $0.hasPrefix("-") && $0 != "-" } == false ? first : nil
    }

    /// The first option that the program itself does not know, where no command stands before it.
    static func unknownOption(beforeCommandOf arguments: [String]) -> String? {
        let first = firstOfItsOwn(arguments)
        return first.map { $0.hasPrefix("-") && $0 != "-" } == true ? first : nil
    }

    /// The first argument that is neither an option of the program nor the value of one.
    private static func firstOfItsOwn(_ arguments: [String]) -> String? {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" { return nil }
            guard argument.hasPrefix("-"), argument != "-" else { return argument }
            let name = argument.dropFirst(2).prefix { $0 != "=" }
            guard argument == "-h" || valued.contains(String(name)) || switches.contains(String(name)) else {
                return argument
            }
            if valued.contains(String(argument.dropFirst(2))) { _ = rest.popFirst() }
        }
        return nil
    }
}
