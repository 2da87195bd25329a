package import Addresses

/// What to ask for when the configuration is at a URL: the command line's words, checked. Nothing is sent from here.
package struct RemoteConfigurationRequest: Sendable, Equatable {
    /// The address, which may hold a secret in its query.
    package let url: HTTPURL
    /// The address as messages and logs may show it.
    package let displayURL: String
    /// The headers to send.
    package let headers: [HeaderField]
    /// How long the answer may take, or nil for as long as it likes.
    package let timeout: Duration?

    /// Checks the address, and reads headers written as `Key1:Value1;Key2:Value2`.
    ///
    /// A timeout of 0 or less means none, as in the Go program. An entry between semicolons may be empty, but not without
    /// a colon, a name or a value; the Go program drops such entries and then asks without them.
    ///
    /// - Throws: All problems, under the names `--config` and `--http-headers`.
    package init(url: String, headers: String = "", timeoutSeconds: Int = 10) throws(ConfigurationError) {
        var context = ConversionContext(source: "command line", format: .json)
        let address = Self.address(url, &context)
        self.headers = Self.fields(in: headers, &context)
        guard let address, !context.hasErrors else {
            throw ConfigurationError(code: .invalidRequest, problems: context.problems)
        }
        self.url = address
        displayURL = Self.display(url)
        timeout = timeoutSeconds > 0 ? .seconds(timeoutSeconds) : nil
    }

    private static func address(_ text: String, _ context: inout ConversionContext) -> HTTPURL? {
        do throws(HTTPURLError) {
            return try HTTPURL(text)
        } catch {
            let suggestion = error.code == .credentials ? "Put credentials into --http-headers" : error.remedy
            context.error(error.problem, at: nil, ConfigurationPath("--config"), write: suggestion)
            return nil
        }
    }

    /// Whether the text is an address to fetch from, as opposed to the name of a file.
    package static func isRemote(_ pathOrURL: String) -> Bool {
        let start = pathOrURL.prefix(8).lowercased()
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }

    /// The text without what may be secret in a URL: user name, password, query and fragment. Names of files stay.
    package static func display(_ pathOrURL: String) -> String {
        guard isRemote(pathOrURL), let schemeEnd = pathOrURL.range(ofFirst: "://") else { return pathOrURL }
        let rest = pathOrURL[schemeEnd.upperBound...].prefix { $0 != "?" && $0 != "#" }
        let authority = rest.prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return "\(pathOrURL[..<schemeEnd.upperBound])\(host)\(rest.dropFirst(authority.count))"
    }

    private static func fields(in text: String, _ context: inout ConversionContext) -> [HeaderField] {
        var fields: [HeaderField] = []
        for (index, entry) in text.split(separator: ";", omittingEmptySubsequences: false).enumerated() {
            guard !entry.allSatisfy(\.isWhitespace) else { continue }
            let path = ConfigurationPath("--http-headers").appending(index: index)
            let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                context.error("an entry has no colon", at: nil, path, write: #"Write "Name:Value;Name:Value""#)
                continue
            }
            let name = String(parts[0]).trimmingSpaces
            let value = String(parts[1]).trimmingSpaces
            guard HTTPText.isToken(name) else {
                context.error("an entry has no valid header name", at: nil, path, write: #"Write "Name:Value""#)
                continue
            }
            guard !value.isEmpty, HTTPText.isFieldValue(value) else {
                context.error("an entry has no valid header value", at: nil, path, write: #"Write "Name:Value""#)
                continue
            }
            fields.append(HeaderField(name: name, value: Secret(value)))
        }
        return fields
    }
}

extension RemoteConfigurationRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address without what may be secret.
    package var description: String { displayURL }
    /// The same as ``description``.
    package var debugDescription: String { displayURL }
    /// A mirror without children, so that `dump` does not show the address unmasked.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
