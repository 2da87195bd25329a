package import ToolPins

/// A definition that a server shows and nobody has approved.
package struct PinChange: Sendable {
    package let subject: PinnedName
    package let definition: PinnedDefinition
    /// What was approved under the name; nil where the server had nothing of this name, or it is not known any more.
    package let approved: PinnedDefinition?

    package init(subject: PinnedName, definition: PinnedDefinition, approved: PinnedDefinition?) {
        self.subject = subject
        self.definition = definition
        self.approved = approved
    }

    /// What is different, a line each, for people.
    package var lines: [String] {
        approved.map { PinDiff.lines(from: $0.json, to: definition.json) } ?? ["it is new"]
    }
}
