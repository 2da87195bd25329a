import Dispatch
package import Logging
import MCPCore
import MCPGateway
import MCPValues
import NIOCore
package import ProxyConfiguration
import Synchronization

/// Which servers ask their clients things during calls without saying for which, by the names that people see. It is known
/// as long as the proxy runs, and with `--state-dir` at the next start, so that clients take turns before a first question
/// can be for several of them.
///
/// What is lost of it costs a question at most: it is written beside everything else, and nobody waits for it.
package final class AskingServers: Sendable {
    private static let maximumBytes = 1 << 20
    /// How many servers are remembered.
    private static let maximumCount = 1_000

    private let directory: StateDirectory?
    private let logger: Logger?
    private let names: Mutex<Set<ByteText>>
    private let writing = DispatchQueue(label: "mcp-proxy.asking")

    /// Remembers for this run.
    package init() {
        (directory, logger) = (nil, nil)
        names = Mutex([])
    }

    /// Reads what the last run has found. A list that is too long or cannot be read is set aside.
    ///
    /// - Throws: when the list cannot be trusted.
    package init(in directory: StateDirectory?, logger: Logger) throws(ConfigurationError) {
        self.directory = directory
        self.logger = logger
        var known: Set<ByteText> = []
        if let directory, let contents = try directory.contents(of: .asking, maximumBytes: Self.maximumBytes) {
            if let read = Self.names(in: contents) {
                known = read
            } else {
                let file = try directory.setAside(.asking)
                logger.warning(
                    "the list of servers that ask their clients cannot be read; it was set aside",
                    metadata: ["file": "\(file)"])
            }
        }
        names = Mutex(known)
    }

    /// What is known of a server, and will be.
    func memory(of name: String) -> AskingMemory {
        let name = ByteText(name)
        return AskingMemory(names.withLock { $0.contains(name) }) { [self] in note(name, asks: $0) }
    }

    private func note(_ name: ByteText, asks: Bool) {
        let isNews = names.withLock { names in
            guard asks else { return names.remove(name) != nil }
            return names.count < Self.maximumCount && names.insert(name).inserted
        }
        guard isNews, let directory else { return }
        writing.async { [self] in
            let text = Self.text(of: names.withLock { $0 })
            // What could not be read again is not written.
            guard text.count <= Self.maximumBytes else { return }
            do throws(StateDirectory.WriteFailure) {
                try directory.replace(.asking, with: text)
            } catch {
                logger?.warning(
                    "which servers ask their clients cannot be kept for the next start",
                    metadata: ["reason": "\(error.words)"])
            }
        }
    }

    // MARK: The file

    private static func text(of names: Set<ByteText>) -> [UInt8] {
        var text = ByteBuffer(string: #"{"version":1,"asking":["#)
        for (index, name) in names.sorted().enumerated() {
            text.writeString(index == 0 ? "\n" : ",\n")
            text.writeJSONString(name.text)
        }
        text.writeString("\n]}\n")
        return Array(text.readableBytesView)
    }

    private static func names(in contents: StateDirectory.Contents) -> Set<ByteText>? {
        guard case .bytes(let text) = contents else { return nil }
        let root: JSONView
        do throws(JSONError) {
            root = try JSONText(scanning: ByteBuffer(bytes: text)).root
        } catch {
            return nil
        }
        guard root["version"]?.integer == 1, let list = root["asking"], list.isArray else { return nil }
        let names = list.elements.compactMap(\.string)
        guard names.count == list.elements.count, names.count <= maximumCount else { return nil }
        return Set(names.map(ByteText.init))
    }
}
