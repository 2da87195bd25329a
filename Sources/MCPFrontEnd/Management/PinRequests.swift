import MCPCore
import MCPGateway
import MCPValues
import NIOCore
import NIOHTTP1
import ToolPins

/// Says what is asked for of pins.
enum PinOperation: Sendable {
    case list
    case file
    case read(String)
    case approve(String, PinApproval)
}

/// Puts one request about pins to their owner, and the answer into the documented form.
struct PinRequests: Sendable {
    let pins: any PinManagement
    let caller: ManagementCaller

    func answer(_ operation: PinOperation) async throws(ManagementRefusal) -> ManagementAnswer {
        var object = JSONObjectWriter()
        switch operation {
        case .list:
            var entries = JSONObjectWriter()
            for report in await pins.pinReports() { entries.add(report.name, json: report.entry) }
            object.add("servers", json: entries.finished)
        case .file: return ManagementAnswer(.ok, await pins.pinText())
        case .read(let name):
            guard let report = await pins.pinReport(of: name) else { throw .unknown(name) }
            return ManagementAnswer(.ok, report.details)
        case .approve(let name, let wish):
            let report = try await pins.approve(wish, of: name, for: caller)
            object.add("message", report.message)
            object.add("approved", elements: report.approved.map(\.json))
            object.add("pins", json: report.details)
        }
        return ManagementAnswer(.ok, object.finished)
    }
}

extension PinReport {
    /// What a list has of every server.
    fileprivate var entry: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("mode", mode.rawValue)
        object.add("tools", pins.count { $0.subject.kind == .tool })
        object.add("prompts", pins.count { $0.subject.kind == .prompt })
        object.add("changes", changes.count)
        object.add("flags", flags.count)
        addRemarks(to: &object)
        return object.finished
    }

    /// Returns what is said of a server beside numbers and definitions, where there is anything.
    private func addRemarks(to object: inout JSONObjectWriter) {
        object.add("fault", fault)
        object.add("full", full)
        if !gone.isEmpty { object.add("gone", elements: gone.map(\.json)) }
        if !unread.isEmpty { object.add("unread", unread) }
    }

    /// Everything, with the name.
    fileprivate var details: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("name", name)
        object.add("mode", mode.rawValue)
        object.add("keeping", keeping)
        object.add("tools", json: digests(.tool))
        object.add("prompts", json: digests(.prompt))
        object.add("changes", elements: changes.map(\.json))
        object.add("changeCount", changeCount)
        object.add("flags", elements: flags.map(\.json))
        addRemarks(to: &object)
        return object.finished
    }

    private func digests(_ kind: PinKind) -> ByteBuffer {
        var object = JSONObjectWriter()
        for pin in pins where pin.subject.kind == kind { object.add(pin.subject.name.text, pin.digests.map(\.hex)) }
        return object.finished
    }

    /// What was approved, and how long that counts.
    fileprivate var message: String {
        let what =
            approved.count == 1
            ? "\(approved[0].subject.kind.rawValue) \"\(PrintableText.make(approved[0].subject.name.text))\""
            : approved.isEmpty ? "nothing new" : "\(approved.count) definitions"
        return "\(duration("\(what) of server \(name) approved"))\(rest)"
    }

    /// What is left to approve, and what that means; empty where nothing is.
    private var rest: String {
        let count = Set(changes.map(\.subject)).count
        guard count > 0 || fault != nil && mode.withholds else { return "" }
        let left =
            fault != nil
            ? "what else was approved is not known any more"
            : "\(count) other\(count == 1 ? " is" : "s are") not approved"
        let fate =
            switch mode {
            case .block: "the server stays blocked"
            case .quarantine: "what is not approved stays withheld"
            case .off, .warn: nil as String?
            }
        return "; \(left)\(fate.map { ", and \($0)" } ?? ""): mcp-proxy pins approve \(name)"
    }

    /// - Parameter words: What was approved.
    private func duration(_ words: String) -> String {
        if let keepingFault { return "\(words), but until the proxy ends only: \(keepingFault)" }
        return switch keeping {
        case "state": words
        case "file": "\(words) until the next start, when the file of --pins counts again; see mcp-proxy pins export"
        case "file-or-state":
            "\(words) until the next start with --pins, when its file counts again; see mcp-proxy pins export (at a start without --pins what is in --state-dir counts)"
        default: "\(words) until the proxy ends, since it has no --state-dir"
        }
    }
}

extension PinChange {
    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("kind", subject.kind.rawValue)
        object.add("name", subject.name.text)
        object.add("sha256", definition.digest.hex)
        object.add("approved", approved?.digest.hex)
        object.add("diff", lines)
        return object.finished
    }
}

extension PinnedName {
    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("kind", kind.rawValue)
        object.add("name", name.text)
        return object.finished
    }
}

extension PinFlag {
    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("kind", subject.kind.rawValue)
        object.add("name", subject.name.text)
        object.add("words", words)
        return object.finished
    }
}
