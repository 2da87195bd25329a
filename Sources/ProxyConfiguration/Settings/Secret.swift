import MCPValues

/// A text that must not be printed: a token, an environment value or a header value.
///
/// Every way of turning it into text gives `***`; reading it takes a call of ``reveal()``, which is easy to look for.
package struct Secret: Sendable, Equatable, Hashable {
    private let text: ByteText

    /// Wraps a text.
    package init(_ text: String) {
        // A copy: what was put together of parts keeps room for more, and there may be thousands.
        self.text = ByteText(String(decoding: text.utf8, as: UTF8.self))
    }

    /// The text itself, for the place that sends or compares it.
    package func reveal() -> String { text.text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `***`.
    package var description: String { "***" }
    /// Always `***`.
    package var debugDescription: String { "***" }
    /// A mirror without children, so that `dump` shows nothing either.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
