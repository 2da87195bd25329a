/// Which protocol era the client of a request speaks, as it is shown.
package enum ClientEra: String, Sendable {
    case legacy
    case modern
}
