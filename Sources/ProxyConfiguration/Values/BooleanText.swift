/// Truth values written as text, as they come out of environment variables.
package enum BooleanText {
    /// Reads a truth value; nil if it is not one.
    package static func parse(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}
