import Logging
import MCPCore
package import MCPFrontEnd
import MCPGateway
import MCPValues
package import NIOCore
import ProxyConfiguration
import ToolPins

// MARK: - What was approved of servers

extension ServerRegistry: PinManagement {
    private var pins: KnownPins { builder.known.pins }

    package func pinReports() async -> [PinReport] {
        let servers = pins.book.all
        let flags = Dictionary(grouping: PinFlag.find(in: servers), by: \.server)
        return servers.map { report(of: $0, flags[ByteText($0.name)] ?? []) }
    }

    package func pinReport(of name: String) async -> PinReport? {
        guard let server = pinned(name) else { return nil }
        let flags = PinFlag.find(in: pins.book.all).filter { $0.server == ByteText(server.name) }
        return report(of: server, flags)
    }

    package func pinText() async -> ByteBuffer { PinText.write(pins.book.records) }

    package func approve(
        _ wish: PinApproval, of name: String, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> PinReport {
        try checkRight(of: caller)
        guard let server = pinned(name) else { throw unknown(name) }
        let shown = server.changedSubjects
        let gone = server.gone
        if let missing = wish.subjects?.first(where: { !shown.contains($0) && !gone.contains($0) }) {
            throw ManagementRefusal(
                .conflict,
                "there is nothing to approve of \(missing.kind.rawValue) \"\(missing.name.text.prefix(64))\"; GET "
                    + "/api/pins/{name} shows what there is")
        }
        if let subjects = wish.subjects, server.isHeldToLost, !shown.isSubset(of: subjects) {
            // One by one they could not be kept: what is in a file counts for all that was approved.
            throw ManagementRefusal(
                .conflict,
                "it is not known any more what was approved of server \"\(server.name)\", so that only all of it can be "
                    + "approved together: mcp-proxy pins approve \(server.name)")
        }
        let approved = server.approve(wish.subjects, wish.digests)
        let fault = await pins.keep()
        var report = await pinReport(of: name) ?? report(of: server, [])
        report.approved = approved
        report.keepingFault = fault
        note(approved, of: server, by: caller)
        return report
    }

    private func note(_ approved: [PinChange], of server: PinnedServer, by caller: ManagementCaller) {
        guard !approved.isEmpty else { return }
        let maximumShown = 10
        let more = approved.count > maximumShown ? " and \(approved.count - maximumShown) more" : ""
        let shown = approved.prefix(maximumShown).map {
            "\($0.subject.words) (sha256 \($0.definition.digest.hex.prefix(12)))"
        }
        logger.notice(
            "definitions were approved",
            metadata: [
                "server": "\(server.name)", "count": "\(approved.count)",
                "definitions": "\(shown.joined(separator: ", "))\(more)", "principal": "\(caller.principal.name)",
            ])
    }

    /// The pins of a server, by its name or the one that people see.
    private func pinned(_ name: String) -> PinnedServer? {
        pins.book.find(find(name)?.settings.displayName ?? name)
    }

    private func report(of server: PinnedServer, _ flags: [PinFlag]) -> PinReport {
        let (mode, changes, fault, changeCount) = server.report
        let record = server.record
        var report = PinReport(name: server.name, mode: mode, keeping: pins.keeping(of: server.name).rawValue)
        report.pins = PinKind.allCases.flatMap { kind in
            record.names(kind).map { name in
                PinReport.Pin(
                    subject: PinnedName(kind, name), digests: record.accepted(kind, name).map(\.digest))
            }
        }
        report.changes = changes
        report.changeCount = changeCount
        report.flags = flags
        report.fault = fault
        report.full = PinKind.allCases.lazy.compactMap(record.fullness).first.map { words in
            "\(words): what is new counts as changed, and can be approved only as far as mcp-proxy pins approve \(server.name), for all of it, finds something to forget that the server lists no more"
        }
        report.full =
            report.full
            ?? changes.lazy.map(\.subject).first { subject in
                record.accepted(subject.kind, subject.name).count >= PinRecord.maximumOfName
            }.map { subject in
                "\(PinRecord.maximumOfName) definitions of \(subject.kind.rawValue) \"\(PrintableText.make(subject.name.text, maximumBytes: 64))\" count already, as many as are kept: a server that shows each client another one cannot be held to them; \"pin\": \"warn\" suits it"
            }
        report.gone = server.gone
        report.unread = server.unread
        return report
    }
}
