/// One value for each kind that can be pinned.
package struct ByPinKind<Value: Sendable>: Sendable {
    private var tool: Value
    private var prompt: Value

    package init(_ value: Value) { (tool, prompt) = (value, value) }

    package subscript(kind: PinKind) -> Value {
        get {
            switch kind {
            case .tool: tool
            case .prompt: prompt
            }
        }
        _modify {
            switch kind {
            case .tool: yield &tool
            case .prompt: yield &prompt
            }
        }
    }
}

extension ByPinKind: Equatable where Value: Equatable {}
