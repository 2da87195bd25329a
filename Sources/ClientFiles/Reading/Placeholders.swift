/// Turns what a client puts in the place of dollar signs into what the proxy does with them.
struct Placeholders {
    /// What came of a text.
    struct Outcome: Equatable {
        var text = ""
        /// What only the user or the client can fill in, as written.
        var unanswered: [String] = []
        /// Variables whose default was taken.
        var defaulted: [String] = []
        /// The ids of all inputs, answered or not.
        var inputs: [String] = []
    }

    /// Whose rules the text follows; nil for the proxy's own.
    var client: Client?
    var environment: [String: String]
    var home: String
    var project: String?
    /// Answers for `${input:…}`; they follow the proxy's rules, so that one may name a variable.
    var answers: [String: String]

    func translate(_ text: String) -> Outcome {
        if client?.placeholders == .braces { return translateBraces(text) }
        var outcome = Outcome()
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            outcome.text += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "{", let end = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                if replace(name, in: &outcome) {
                    rest = rest[rest.index(after: end)...]
                    continue
                }
            }
            outcome.text += style == .asHere ? "$" : "$$"
        }
        outcome.text += rest
        return outcome
    }

    private var style: Client.Placeholders { client?.placeholders ?? .asHere }

    /// Replaces `{env:NAME}`; what else stands in such braces only the client knows.
    private func translateBraces(_ text: String) -> Outcome {
        var outcome = Outcome()
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            outcome.text += Self.escaped(String(rest[..<brace]))
            rest = rest[brace...]
            guard let end = rest.firstIndex(of: "}") else { break }
            let inner = String(rest[rest.index(after: rest.startIndex)..<end])
            if inner.hasPrefix("env:"), Self.isVariable(String(inner.dropFirst(4))) {
                outcome.text += "${\(inner.dropFirst(4))}"
            } else if inner.hasPrefix("env:") || inner.hasPrefix("file:") {
                outcome.unanswered.append("{\(inner)}")
            } else {
                outcome.text += "{"
                rest = rest.dropFirst()
                continue
            }
            rest = rest[rest.index(after: end)...]
        }
        outcome.text += Self.escaped(String(rest))
        return outcome
    }

    /// Replaces `${name}`. False if it is nothing special to the client.
    private func replace(_ name: String, in outcome: inout Outcome) -> Bool {
        switch style {
        case .none, .braces: return false
        case .shellLike: return replaceShellLike(name, in: &outcome)
        case .asHere:
            // Files of many clients go round under plain names.
            guard name.hasPrefix("env:") || name.hasPrefix("input:") else { return false }
        case .editorLike: break
        }
        replaceEditorLike(name, in: &outcome)
        return true
    }

    private func replaceShellLike(_ name: String, in outcome: inout Outcome) -> Bool {
        if Self.isVariable(name) {
            outcome.text += "${\(name)}"
            return true
        }
        guard let colon = name.firstIndex(of: ":"), name[colon...].hasPrefix(":-") else { return false }
        let variable = String(name[..<colon])
        guard Self.isVariable(variable) else { return false }
        if environment[variable] != nil {
            outcome.text += "${\(variable)}"
        } else {
            outcome.text += Self.escaped(String(name[colon...].dropFirst(2)))
            outcome.defaulted.append(variable)
        }
        return true
    }

    private func replaceEditorLike(_ name: String, in outcome: inout Outcome) {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, parts[0] == "input" { outcome.inputs.append(parts[1]) }
        switch (parts.first ?? "", parts.count > 1 ? parts[1] : nil) {
        case ("env", let variable?) where Self.isVariable(variable): outcome.text += "${\(variable)}"
        case ("input", let id?) where answers[id] != nil: outcome.text += answers[id] ?? ""
        case ("userHome", nil): outcome.text += Self.escaped(home)
        case ("pathSeparator", nil), ("/", nil): outcome.text += "/"
        case ("workspaceFolder", nil) where project != nil: outcome.text += Self.escaped(project ?? "")
        case ("workspaceFolderBasename", nil) where project != nil:
            outcome.text += Self.escaped(project?.split(separator: "/").last.map(String.init) ?? "")
        default:
            outcome.unanswered.append("${\(name)}")
            outcome.text += "${\(name)}"
        }
    }

    /// The text as the proxy has to find it written.
    static func escaped(_ text: String) -> String {
        text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
