import ProxyConfiguration
import ProxyControl

/// Whether a configuration can be loaded, here or where the variables are that it names.
enum CheckedConfiguration {
    /// What is questionable.
    ///
    /// - Throws: ``ConfigurationError`` if it can be loaded neither with the variables of this process nor with none
    ///   filled in: those of the proxy may be set elsewhere.
    static func warnings(
        _ text: [UInt8], source: String, environment: [String: String]
    ) throws(ConfigurationError) -> [ConfigurationProblem] {
        let failure: ConfigurationError
        do {
            return try load(text, source, environment).warnings
        } catch {
            failure = error
        }
        do {
            _ = try load(text, source, nil)
        } catch {
            throw failure
        }
        return failure.problems
    }

    private static func load(
        _ text: [UInt8], _ source: String, _ environment: [String: String]?
    ) throws(ConfigurationError) -> LoadedConfiguration {
        try ConfigurationLoader.load(
            text: text, source: source, format: .json, environment: environment,
            secrets: SecretFileReader(beside: source).files)
    }
}
