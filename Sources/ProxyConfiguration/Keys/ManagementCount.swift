/// A key under `mcpProxy.management` that bounds a number.
struct ManagementCount: Sendable {
    typealias Number = any WritableKeyPath<ManagementSettings, Int> & Sendable

    /// The key.
    let name: String
    /// The property.
    let property: Number
    /// The values it may have.
    let range: ClosedRange<Int>

    /// The key as the table of keys has it; its default is that of the property.
    var knownKey: KnownKey {
        KnownKey(name, .integer, default: .number("\(ManagementSettings()[keyPath: property])"))
    }

    /// All of them, in the order of the documentation.
    static let all = [
        ManagementCount(name: "maxServers", property: \.maxServers, range: 0...10_000),
        ManagementCount(name: "maxAdHocServers", property: \.maxAdHocServers, range: 0...10_000),
        ManagementCount(name: "maxServersPerPrincipal", property: \.maxServersPerPrincipal, range: 0...10_000),
        ManagementCount(name: "maxChangesPerMinute", property: \.maxChangesPerMinute, range: 1...1_000_000),
    ]
}
