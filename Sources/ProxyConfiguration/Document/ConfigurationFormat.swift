/// The format a configuration text is written in.
package enum ConfigurationFormat: Sendable, Equatable, CaseIterable {
    /// JSON with comments and trailing commas.
    case json
    /// YAML 1.1.
    case yaml

    /// The format that a file name, or the path of a URL, asks for: YAML for `.yaml` and `.yml`, otherwise JSON.
    package init(pathOrURL: String) {
        var path = pathOrURL[...]
        if RemoteConfigurationRequest.isRemote(pathOrURL) {
            path = path.prefix { $0 != "?" && $0 != "#" }
        }
        let name = path.lowercased()
        self = name.hasSuffix(".yaml") || name.hasSuffix(".yml") ? .yaml : .json
    }
}
