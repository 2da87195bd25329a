import MCPCore
import MCPValues
import ToolPins

/// Says why something of one server may not be used, in words for who asks for it and the command for who may approve
/// it.
struct PinRefusals {
    /// The server's key in the configuration.
    let server: String
    var remedy = PinRemedy.command

    func withheld(_ subject: PinnedName) -> Refusal {
        let shown = PrintableText.make(subject.name.text, maximumBytes: 128)
        return Refusal(
            .notApproved,
            "\(subject.kind.rawValue) \"\(shown)\" of server \"\(server)\" is not what was approved, and is withheld until "
                + remedy.words(server, "it"))
    }

    /// - Parameter subject: What was changed when it was listed last, and is not listed now.
    func gone(_ subject: PinnedName) -> Refusal {
        let shown = PrintableText.make(subject.name.text, maximumBytes: 128)
        return Refusal(
            .notApproved,
            "\(subject.kind.rawValue) \"\(shown)\" of server \"\(server)\" was listed otherwise than it was approved, and is not "
                + "listed now; it is withheld until it is listed as it was approved, or "
                + (remedy == .command
                    ? "the operator releases it: mcp-proxy pins approve \(server) \(shown)" : "all is started again"))
    }

    var blocked: Refusal {
        Refusal(
            .notApproved,
            "server \"\(server)\" shows tools or prompts that are not what was approved, and is blocked until "
                + remedy.words(server, "them"))
    }

    /// - Parameter unread: The lists that could not be read, and why.
    func unread(_ unread: [PinKind: String]) -> Refusal {
        Refusal(
            .notApproved,
            "it is not known whether what server \"\(server)\" lists is what was approved: \(Self.words(unread)); try again in "
                + "a moment")
    }

    /// Returns what could not be read, and why.
    static func words(_ unread: [PinKind: String]) -> String {
        unread.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\(CatalogKind($0.key).method.rawValue) could not be read: \($0.value)" }.joined(separator: "; ")
    }

    func ambiguous(_ kind: CatalogKind, _ fault: String) -> Refusal {
        Refusal(
            .notApproved,
            "what server \"\(server)\" answers to \(kind.method.rawValue) is not passed on, for it cannot be told what of it "
                + "clients would read: \(fault)")
    }

    func hidden(_ scalar: Unicode.Scalar, in kind: PinKind) -> Refusal {
        Refusal(
            .invalidParams,
            "Unknown \(kind.rawValue): its name has a character that nobody sees, \(HiddenCharacters.code(scalar))")
    }
}
