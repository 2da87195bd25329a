/// Accepts options as the Go program does: with one dash or two, and switches with a value.
enum GoStyleArguments {
    private static let valued: Set<String> = ["config", "http-headers", "http-timeout", "state-dir"]
    private static let switches: Set<String> = ["insecure", "expand-env", "help", "version"]

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
        return result
    }

    private static func normalized(_ argument: String) -> String {
        guard argument.hasPrefix("-"), argument != "-" else { return argument }
        let body = argument.drop { $0 == "-" }
        let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, valued.contains(name) || switches.contains(name) else { return argument }
        guard switches.contains(name) else { return "--\(body)" }
        if name == "help" || name == "version" { return "--\(name)" }
        return "--\(name)=\(parts.count > 1 ? parts[1] : "true")"
    }
}
