/// The keys under `mcpProxy.audit`.
enum AuditKey {
    /// All of them, in the order of the documentation.
    static let all: [SettingKey<AuditSettings>] = [
        .other(
            "file", .text, \.file, whenChanged: .restart,
            "The file to which a line is written for each call of a tool and for each change of servers, clients, groups and logins.",
            hints: #""minLength": 1, "examples": ["/var/log/mcp-proxy/audit.jsonl"]"#
        )
        .settingOwn(\.file) { AuditConversion.file(in: $0, &$1) },
        .choice(
            "arguments", \.arguments, whenChanged: .restart,
            "How much of the arguments of tools is written: nothing, all but what looks like a secret, or everything."),
        .size(
            "maxBytes", \.maxBytes, 4 << 10...64 << 30, whenChanged: .restart,
            "How long the file may become before another one is begun. From 4 KiB to 64 GiB."),
        .count("keep", \.keep, 1...10_000, whenChanged: .restart, "How many older files are kept."),
        .choice(
            "onFailure", \.onFailure, whenChanged: .restart,
            "Whether calls and changes go on or are refused while the file cannot be written."),
    ]
}

extension AuditSettings: SettingsWithDefaults {
    static var defaults: AuditSettings { AuditSettings() }
}
