/// The format a configuration text is written in.
package enum ConfigurationFormat: Sendable, Equatable, CaseIterable {
    /// JSON with comments and trailing commas.
    case json
    /// YAML 1.1.
    case yaml
    /// TOML 1.0, in which Codex keeps its servers; it is read for imports only.
    case toml

    /// The format that a file name, or the path of a URL, asks for: YAML for `.yaml` and `.yml`, TOML for `.toml`,
    /// otherwise JSON.
    package init(pathOrURL: String) {
        var path = pathOrURL[...]
        if RemoteConfigurationRequest.isRemote(pathOrURL) {
            path = path.prefix { $0 != "?" && $0 != "#" }
        }
        let name = path.lowercased()
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            self = .yaml
        } else {
            self = name.hasSuffix(".toml") ? .toml : .json
        }
    }
}
