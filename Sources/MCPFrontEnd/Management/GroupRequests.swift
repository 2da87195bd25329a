import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1

/// Says what is asked for of groups.
enum GroupOperation: Sendable {
    case list
    case read(String)
    case put(String, ByteBuffer)
    case remove(String)
}

/// Puts one request about groups to their owner, and the answer into the documented form.
struct GroupRequests: Sendable {
    let groups: any GroupManagement
    let caller: ManagementCaller

    func answer(_ operation: GroupOperation) async throws(ManagementRefusal) -> ManagementAnswer {
        var object = JSONObjectWriter()
        switch operation {
        case .list:
            var entries = JSONObjectWriter()
            for report in await groups.groupReports() { entries.add(report.name, json: report.entry) }
            object.add("groups", json: entries.finished)
        case .read(let name):
            guard let report = await groups.groupReport(of: name) else { throw .unknownGroup(name) }
            return ManagementAnswer(.ok, report.details)
        case .put(let name, let configuration):
            let report = try await groups.putGroup(name, configuration, for: caller)
            object.add("message", "group \(report.name) is offered with this configuration")
            object.add("path", report.path)
            object.add("group", json: report.details)
        case .remove(let name):
            try await groups.removeGroup(name, for: caller)
            object.add("message", "group \(name) removed")
        }
        return ManagementAnswer(.ok, object.finished)
    }
}

extension ManagementRefusal {
    /// There is no group of that name.
    package static func unknownGroup(_ name: String) -> ManagementRefusal {
        ManagementRefusal(.unknownGroup, "there is no group \"\(name.prefix(64))\"")
    }
}

extension GroupReport {
    /// What a list has of every group.
    fileprivate var entry: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("path", path)
        object.add("source", source.rawValue)
        object.add("servers", offered.servers.map(\.name))
        return object.finished
    }

    /// Everything, with the name.
    fileprivate var details: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("name", name)
        object.add("path", path)
        object.add("source", source.rawValue)
        object.add("servers", elements: offered.servers.map(\.json))
        object.add("offered", elements: offered.entries.map(\.json))
        object.add("hidden", elements: offered.hidden.map(\.json))
        object.add("findings", offered.findings)
        return object.finished
    }
}

extension OfferReport.Server {
    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("name", name)
        object.add("prefix", prefix)
        object.add("isKnown", json: ByteBuffer(string: isKnown ? "true" : "false"))
        return object.finished
    }
}

extension OfferReport.Entry {
    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("list", list)
        object.add("offered", offered)
        object.add("server", server)
        object.add("name", name)
        return object.finished
    }
}

extension OfferReport.Hidden {
    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("list", list)
        object.add("server", server)
        object.add("name", name)
        object.add("rule", rule)
        return object.finished
    }
}
