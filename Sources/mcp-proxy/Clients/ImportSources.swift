import ClientFiles
import ProxyConfiguration

/// Which files servers are imported from.
struct ImportSources {
    /// The name of a client or of a file; nil for all clients.
    let argument: String?
    /// Whose file it is, where somebody says so.
    let from: String?
    let places: ClientPlaces

    /// The words for `--from`, and for the argument but for the last one.
    static let words = Client.allCases.map(\.rawValue) + ["file"]

    /// The places to look at, and whether each of them has to be there.
    func found() throws -> (candidates: [ClientPlace], isNamed: Bool) {
        let kind = try from.map(Self.kind)
        guard let argument else {
            if case .some(.none) = kind { throw CommandFailure("--from file needs the path of a file") }
            return ((kind.flatMap { $0 }.map { [$0] } ?? Client.allCases).flatMap(places.all), false)
        }
        if let client = Client(rawValue: argument) {
            guard from == nil || from == argument else {
                throw CommandFailure("name either a client or --from, not both; ./\(argument) is a file of that name")
            }
            return (places.all(of: client), false)
        }
        var place = ClientPlace(named: argument, folder: places.folder)
        if let kind {
            place.client = kind
        }
        return ([place], true)
    }

    /// The servers of all files.
    ///
    /// - Throws: ``ConfigurationError`` or ``CommandFailure`` if there are none, or a file cannot be used.
    func servers() throws -> [FoundServer] {
        let (candidates, isNamed) = try found()
        var servers: [FoundServer] = []
        for place in candidates {
            guard let text = try TextFile(path: place.path).read(takesPipes: isNamed) else {
                if isNamed { throw missing(place.path) }
                continue
            }
            // Editors make empty files.
            guard !text.allSatisfy({ $0 <= 0x20 }) else { continue }
            let document = try ConfigurationLoader.read(text, ConfigurationFormat(pathOrURL: place.path), place.path)
            servers += try ClientFile.servers(in: document, of: place, folder: places.folder)
        }
        guard servers.isEmpty else { return servers }
        let list = candidates.map { "  \($0.path)" }.joined(separator: "\n")
        throw CommandFailure(
            "no server was found; looked for \"mcpServers\", or what each client calls it, in\n\(list)")
    }

    private func missing(_ path: String) -> CommandFailure {
        let isPath = path.contains("/") || path.contains(".")
        let clients = Client.allCases.map(\.rawValue).joined(separator: ", ")
        return CommandFailure(
            isPath
                ? "there is no file \(path); name a file, or a client: \(clients)"
                : "there is no client or file \"\(path)\"; the clients are: \(clients)")
    }

    private static func kind(_ word: String) throws(CommandFailure) -> Client? {
        guard words.contains(word) else {
            throw CommandFailure("--from does not know \"\(word)\"; write one of \(words.joined(separator: ", "))")
        }
        return Client(rawValue: word)
    }
}
