/// The keys under `mcpProxy.metrics`.
enum MetricsKey {
    /// All of them, in the order of the documentation.
    static let all: [SettingKey<MetricsSettings>] = [
        .other(
            "addr", .text, \.address, whenChanged: .restart,
            #"Where metrics are served, as host:port, in place of where the proxy listens. ":9464" listens on all interfaces."#,
            hints: #""examples": ["127.0.0.1:9464", ":9464"]"#
        )
        .settingOwn(\.address) { MetricsConversion.address(in: $0, &$1) },
        .boolean(
            "public", \.isPublic, whenChanged: .restart,
            "Whether everybody may read the metrics who reaches them; else that takes the right to read in the management API."
        ),
    ]
}

extension MetricsSettings: SettingsWithDefaults {
    static var defaults: MetricsSettings { MetricsSettings() }
}
