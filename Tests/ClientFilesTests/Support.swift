import ProxyConfiguration

@testable import ClientFiles

/// The tree of a JSON text.
func document(_ text: String) throws(ConfigurationError) -> ConfigurationNode {
    try ConfigurationLoader.read(Array(text.utf8), .json, "file.json")
}

/// The servers of a file, as the proxy is to have them.
func translated(
    _ text: String, of client: Client?, project: String? = nil, environment: [String: String] = [:],
    answers: [String: String] = [:]
) throws(ConfigurationError) -> [TranslatedServer] {
    let place = ClientPlace(path: "/files/file.json", client: client, project: project)
    let translation = ServerTranslation(environment: environment, home: "/home/user", answers: answers)
    return try ClientFile.servers(in: document(text), of: place, folder: "/code").map {
        server throws(ConfigurationError) in try translation.translate(server)
    }
}

/// The value as JSON on one line.
func compact(_ node: ConfigurationNode) -> String {
    var layout = JSONLayout()
    layout.unit = ""
    layout.lineEnd = ""
    return layout.text(of: node)
}
