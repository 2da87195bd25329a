import MCPCore
import MCPGateway
import Metrics
import NIOCore
import NIOHTTP1

/// Says what is asked for, with what the body says.
enum ManagementOperation: Sendable {
    case list(ManagementAccess.Reach)
    case add(String, ByteBuffer)
    case reload(isRehearsal: Bool)
    case tools(ToolsOperation)
    case access(AccessOperation)
    case group(GroupOperation)
    case pins(PinOperation)
    case login(LoginOperation)
    case configuration
    case metrics(ExpositionFormat)
    case recordings(RecordingOperation)
    /// These are about what the path names.
    case read
    case replace(ByteBuffer)
    case remove
    case act
}

/// Says what a path with a name in it means.
enum ServerTarget: Sendable {
    case server(String)
    case action(ServerAction, of: String)

    var name: String {
        switch self {
        case .server(let name), .action(_, of: let name): name
        }
    }
}

/// Puts one request to the owner of the servers, and its answer into the documented form.
struct ServerRequests: Sendable {
    let servers: any ServerManagement
    let caller: ManagementCaller
    /// The path of the base URL, without a slash at its end.
    let prefix: String
    /// Whether the caller may see nothing of servers, and only logs in or out for himself.
    var isForHimself = false

    /// - Parameter target: What the path names, for the operations that are about that.
    func answer(
        _ operation: ManagementOperation, _ target: ServerTarget?
    ) async throws(ManagementProblem) -> ManagementAnswer {
        do throws(ManagementRefusal) {
            switch (operation, target) {
            case (.list(let reach), _): return await list(reach)
            case (.add(let name, let configuration), _):
                return added(try await servers.add(name, configuration, for: caller))
            case (.reload(let isRehearsal), _):
                let report = try await servers.reload(isRehearsal: isRehearsal, for: caller)
                return ManagementAnswer(.ok, report.json(isRehearsal: isRehearsal))
            case (.tools(let operation), _):
                return await ToolRequests(servers: servers, caller: caller).answer(operation)
            case (.access(let operation), _):
                return try await ToolRequests(servers: servers, caller: caller).answer(operation)
            case (.group(let operation), _):
                return try await GroupRequests(groups: servers, caller: caller).answer(operation)
            case (.pins(let operation), _):
                return try await PinRequests(pins: servers, caller: caller).answer(operation)
            case (.configuration, _): return ManagementAnswer(.ok, await servers.configuration().json)
            case (.recordings(let operation), _):
                return try await RecordingRequests(recordings: servers, caller: caller, prefix: prefix).answer(
                    operation)
            case (.login(let operation), .action(_, let name)): return try await perform(operation, on: name)
            case (.metrics(let format), _):
                return ManagementAnswer(.ok, await servers.metrics(in: format), mediaType: format.mediaType)
            case (.replace(let configuration), .server(let name)):
                let report = try await servers.replace(name, configuration, for: caller)
                return changed(report, "runs with this configuration\(Self.need(of: report))")
            case (.remove, .server(let name)): return try await remove(name)
            case (.read, .server(let name)):
                guard let report = await servers.report(of: name) else { throw .unknown(name) }
                return ManagementAnswer(.ok, report.details)
            case (.read, .action(let action, let name)), (.act, .action(let action, let name)):
                return try await perform(action, on: name)
            case (.act, .server), (.login, .server), (.remove, .action), (.replace, .action), (_, nil):
                // The methods of the path have been checked, so nobody comes here.
                throw ManagementRefusal(.conflict, "this cannot be done at this path")
            }
        } catch {
            throw ManagementProblem(error)
        }
    }

    private func list(_ reach: ManagementAccess.Reach) async -> ManagementAnswer {
        var entries = JSONObjectWriter()
        // Somebody without a token cannot be told from others, so that what one of them brought is shown to nobody.
        for report in await servers.reports() where caller.isKnown || report.source != .adHoc {
            entries.add(report.name, json: report.entry(reach))
        }
        var object = JSONObjectWriter()
        object.add("servers", json: entries.finished)
        return ManagementAnswer(.ok, object.finished)
    }

    private func added(_ report: ServerReport) -> ManagementAnswer {
        var object = JSONObjectWriter()
        object.add("message", "server \(report.name) added\(Self.need(of: report))")
        object.add("path", report.path)
        let location = "\(prefix)/api/servers/\(PathEncoding.encode(report.name))"
        return ManagementAnswer(.created, object.finished, headers: [("Location", location)])
    }

    private func remove(_ name: String) async throws(ManagementRefusal) -> ManagementAnswer {
        let shown = await servers.report(of: name)?.name ?? name
        let left = try await servers.remove(name, for: caller)
        var object = JSONObjectWriter()
        if left == 0 {
            object.add("message", "server \(shown) removed")
        } else {
            object.add("message", "server \(shown) removed, but not all of its processes or sessions have ended")
            object.add("notEnded", left)
        }
        return ManagementAnswer(.ok, object.finished)
    }

    private func perform(_ action: ServerAction, on name: String) async throws(ManagementRefusal) -> ManagementAnswer {
        switch action {
        case .restart: return changed(try await servers.restart(name, for: caller), "restarted")
        case .enable: return changed(try await servers.setEnabled(name, true, for: caller), "enabled")
        case .disable: return changed(try await servers.setEnabled(name, false, for: caller), "disabled")
        case .login: return try await perform(.begin(redirect: nil), on: name)
        case .logout: return changed(try await servers.logOut(of: name, for: caller), "logged out")
        case .tools:
            var object = JSONObjectWriter()
            let list = try await servers.tools(of: name)
            object.add("tools", json: list.tools)
            if !list.withheld.isEmpty { object.add("withheld", list.withheld) }
            return ManagementAnswer(.ok, object.finished)
        case .logs:
            guard let journal = await servers.journal(of: name) else { throw .unknown(name) }
            var object = JSONObjectWriter()
            object.add("entries", elements: journal.entries.map(\.json))
            return ManagementAnswer(.ok, object.finished)
        }
    }

    private func perform(
        _ operation: LoginOperation, on name: String
    ) async throws(ManagementRefusal) -> ManagementAnswer {
        switch operation {
        case .begin(let redirect):
            let begun = try await servers.beginLogin(to: name, redirect: redirect, for: caller)
            var object = JSONObjectWriter()
            object.add("message", "open the address in a browser to log in")
            object.add("url", begun.address)
            object.add("for", begun.validity.caller)
            return ManagementAnswer(.ok, object.finished)
        case .finish(let answer):
            let (report, validity) = try await servers.finishLogin(to: name, answer: answer, for: caller)
            return changed(report, "logged in", validity)
        }
    }

    private func changed(_ report: ServerReport, _ what: String, _ login: LoginValidity? = nil) -> ManagementAnswer {
        var object = JSONObjectWriter()
        object.add("message", "server \(report.name) \(what)")
        object.add("path", report.path)
        object.add("for", login?.caller)
        object.add("ending", login?.ending)
        if !isForHimself { object.add("server", json: report.details) }
        return ManagementAnswer(.ok, object.finished)
    }

    /// Says that a server which is there waits for somebody to log in, and how, as it is appended to what was done.
    private static func need(of report: ServerReport) -> String {
        guard report.status.state == .loginNeeded, let need = report.status.login?.need else { return "" }
        return "; it wants somebody to log in: \(need)"
    }
}

extension ManagementRefusal {
    /// There is no server of that name.
    static func unknown(_ name: String) -> ManagementRefusal {
        ManagementRefusal(.unknownServer, "there is no server \"\(name)\"")
    }
}
