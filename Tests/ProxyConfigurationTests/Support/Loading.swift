@testable import ProxyConfiguration

/// Loads JSON text and returns what came of it.
func load(
    _ text: String, source: String = "config.json", environment: [String: String]? = [:]
) throws(ConfigurationError) -> LoadedConfiguration {
    try ConfigurationLoader.load(
        text: Array(text.utf8), source: source, format: ConfigurationFormat(pathOrURL: source), environment: environment
    )
}

/// The problems of a text, whether it can be used or not.
func problems(
    _ text: String, source: String = "config.json", environment: [String: String]? = [:]
) -> [ConfigurationProblem] {
    do throws(ConfigurationError) {
        return try load(text, source: source, environment: environment).warnings
    } catch {
        return error.problems
    }
}

/// The errors of a text.
func errors(_ text: String, source: String = "config.json", environment: [String: String]? = [:])
    -> [ConfigurationProblem]
{
    problems(text, source: source, environment: environment).filter { $0.severity == .error }
}

/// The warnings of a text.
func warnings(_ text: String, source: String = "config.json", environment: [String: String]? = [:])
    -> [ConfigurationProblem]
{
    problems(text, source: source, environment: environment).filter { $0.severity == .warning }
}

/// A document with these members in `mcpProxy` and one harmless server.
func proxyDocument(_ members: String) -> String {
    #"{"mcpProxy": {\#(members)}, "mcpServers": {"fetch": {"command": "uvx"}}}"#
}

/// A document with one server, called `fetch`.
func serverDocument(_ members: String, name: String = "fetch") -> String {
    #"{"mcpProxy": {}, "mcpServers": {"\#(name)": {\#(members)}}}"#
}

/// The settings of the only server of ``serverDocument(_:name:)``.
func server(_ members: String, environment: [String: String]? = [:]) throws -> ServerSettings? {
    try load(serverDocument(members), environment: environment).settings.servers.first
}

/// A document with these members in `mcpProxy.management`.
func managementDocument(_ members: String) -> String {
    proxyDocument("\"management\": {\(members)}")
}

/// A document with one template, called `git`.
func templateDocument(_ members: String) -> String {
    managementDocument("\"templates\": {\"git\": {\(members)}}")
}

/// Reads one server as it comes over the API.
func loadDynamic(
    _ text: String, named name: String = "new", proxy: ProxySettings = ProxySettings(), existing: [String] = ["fetch"]
) throws(ConfigurationError) -> LoadedServer {
    try ConfigurationLoader.loadServer(
        named: name, text: Array(text.utf8), source: "request", proxy: proxy, existing: existing)
}

/// The errors of one server as it comes over the API; none if it is accepted.
func dynamicErrors(
    _ text: String, named name: String = "new", proxy: ProxySettings = ProxySettings(), existing: [String] = ["fetch"]
) -> [ConfigurationProblem] {
    do throws(ConfigurationError) {
        _ = try loadDynamic(text, named: name, proxy: proxy, existing: existing)
        return []
    } catch {
        return error.problems.filter { $0.severity == .error }
    }
}
