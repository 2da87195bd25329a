import Logging
import MCPCore
import NIOCore
import ProxyConfiguration

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One server that was added over the API, as it is kept for the next start.
struct StoredServer: Sendable, Equatable {
    let name: String
    /// The object that the client sent, as it came.
    let configuration: ByteBuffer
    let isDisabled: Bool
}

/// Keeps the servers that were added over the API in a directory (`--state-dir`).
///
/// The file is for its owner only and replaced at once: at any time it has either the old list or the new one. One that
/// cannot be read is set aside, never overwritten.
struct ServerStore: Sendable {
    let directory: String
    let logger: Logger

    private var path: String { "\(directory)/servers.json" }

    /// The servers of the last run, in the order of their names.
    ///
    /// - Throws: when the directory cannot be used.
    func read() throws(ConfigurationError) -> [StoredServer] {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            let problem = ConfigurationProblem(
                severity: .error, source: directory, message: "the directory for --state-dir cannot be made",
                suggestion: "Name one that this user may write")
            throw ConfigurationError(code: .unreadable, problems: [problem])
        }
        guard let text = try TextFile(path: path).read() else { return [] }
        guard let servers = Self.servers(in: ByteBuffer(bytes: text)) else {
            setAside()
            return []
        }
        return servers
    }

    private static func servers(in text: ByteBuffer) -> [StoredServer]? {
        // Whatever is wrong with it, it is set aside.
        guard let list = (try? JSONText(scanning: text))?.root["servers"], list.isObject else { return nil }
        var servers: [StoredServer] = []
        var isWhole = true
        list.forEachMember { name, value in
            guard let configuration = value["config"], configuration.isObject else { return isWhole = false }
            servers.append(
                StoredServer(
                    name: name, configuration: configuration.bytes, isDisabled: value["enabled"]?.boolean == false))
        }
        return isWhole ? servers.sorted { $0.name < $1.name } : nil
    }

    private func setAside() {
        let aside = "\(path).unreadable-\(Int(WallClock.now))"
        do {
            try FileManager.default.moveItem(atPath: path, toPath: aside)
            logger.error(
                "the list of servers that were added over the API cannot be read; it was set aside",
                metadata: ["file": "\(aside)"])
        } catch {
            logger.error(
                "the list of servers that were added over the API cannot be read, nor set aside",
                metadata: ["file": "\(path)", "reason": "\(error)"])
        }
    }

    /// Replaces the list.
    func write(_ servers: [StoredServer]) {
        var text = ByteBuffer(string: #"{"version":1,"servers":{"#)
        for (index, server) in servers.sorted(by: { $0.name < $1.name }).enumerated() {
            text.writeString(index == 0 ? "\n" : ",\n")
            text.writeJSONString(server.name)
            text.writeString(#":{"enabled":\#(!server.isDisabled),"config":"#)
            text.writeImmutableBuffer(server.configuration)
            text.writeString("}")
        }
        text.writeString("\n}}\n")
        do {
            let file = TextFile(path: path)
            try file.replace(try file.read(), with: Array(text.readableBytesView))
        } catch {
            logger.error(
                "the servers that were added over the API cannot be kept for the next start",
                metadata: ["file": "\(path)", "reason": "\(error)"])
        }
    }
}
