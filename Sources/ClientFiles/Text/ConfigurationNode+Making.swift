package import ProxyConfiguration

extension ConfigurationNode {
    /// A text that was not read from anywhere.
    package static func text(_ text: String) -> ConfigurationNode {
        ConfigurationNode(.string(text), at: .start)
    }

    /// A list that was not read from anywhere.
    package static func list(_ elements: [ConfigurationNode]) -> ConfigurationNode {
        ConfigurationNode(.array(elements), at: .start)
    }

    /// An object that was not read from anywhere.
    package static func object(_ members: [(String, ConfigurationNode)]) -> ConfigurationNode {
        ConfigurationNode(.object(members.map { Member(name: $0.0, position: .start, value: $0.1) }), at: .start)
    }
}
