import ProxyConfiguration

/// Text of other people's files, as a terminal may show it.
package enum ShownText {
    /// The name of a server, without what may be a token in it.
    package static func name(_ name: String) -> String {
        plain(ServerName.redacted(name))
    }

    /// The text without characters that could move the cursor or hide something.
    package static func plain(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
                result.append("?")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
