import Testing

@testable import Grants

/// Which scopes a token is asked for.
@Suite struct ScopeChoiceTests {
    private func scopes(
        _ configured: [String] = [], wanted: [String] = [], supported: [String]? = nil, offline: Bool = false,
        forPerson: Bool = true
    ) throws -> [String] {
        let protection = try Samples.protection(
            scopes: supported, offline ? ["scopes_supported": #"["x","offline_access"]"#] : [:])
        return ScopeChoice(configured, wanted: wanted, protection).scopes(forPerson: forPerson)
    }

    @Test("Those of the challenge, else all that there are, else none")
    func order() throws {
        #expect(try scopes(wanted: ["a"], supported: ["b", "c"]) == ["a"])
        #expect(try scopes(supported: ["b", "c"]) == ["b", "c"])
        #expect(try scopes() == [])
        #expect(try scopes(supported: []) == [])
    }

    @Test("What is configured is always among them, and keeps all of those that there are away")
    func configured() throws {
        #expect(try scopes(["a"], supported: ["b"]) == ["a"])
        #expect(try scopes(["a", "b"], wanted: ["c", "a"]) == ["a", "b", "c"])
    }

    @Test("A token that is to be renewed is asked for where the authorization server lists that, for people only")
    func offline() throws {
        #expect(try scopes(wanted: ["a"], offline: true) == ["a", "offline_access"])
        #expect(try scopes(offline: true) == ["offline_access"])
        #expect(try scopes(["offline_access"], offline: true) == ["offline_access"])
        #expect(try scopes(wanted: ["a"], offline: true, forPerson: false) == ["a"])
        #expect(try scopes(wanted: ["a"]) == ["a"])
    }
}
