/// What a group says of one tool in place of its server (`overrides` of a group).
package struct ToolOverride: Sendable, Equatable {
    /// An argument that clients neither see nor send.
    package struct Preset: Sendable, Equatable {
        package let name: String
        /// The value, as JSON.
        package let json: [UInt8]

        package init(name: String, json: [UInt8]) {
            self.name = name
            self.json = json
        }
    }

    /// The name under which the tool would be offered without this.
    package var tool: String
    /// Under which it is offered, as it stands.
    package var name: String?
    package var title: String?
    package var description: String?
    /// In the order written.
    package var presets: [Preset]

    package init(
        tool: String, name: String? = nil, title: String? = nil, description: String? = nil, presets: [Preset] = []
    ) {
        self.tool = tool
        self.name = name
        self.title = title
        self.description = description
        self.presets = presets
    }

    /// The name under which clients know the tool.
    package var offeredName: String { name ?? tool }
}

// What is set may be a secret.
extension ToolOverride.Preset: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name alone.
    package var description: String { "\(name)=***" }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` does not show the value either.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
