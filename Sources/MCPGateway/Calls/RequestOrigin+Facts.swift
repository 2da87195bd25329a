package import Logging
import MCPCore

extension RequestOrigin {
    /// What a line of the log says of it.
    package var facts: Logger.Metadata {
        var facts: Logger.Metadata = ["request": "\(number.text)"]
        if let trace { facts["traceparent"] = "\(trace.shown)" }
        return facts
    }
}
