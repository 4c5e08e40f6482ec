import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { isRandomInput } from "./random-input.ts";

/** Names, of a language on each line, as people write them in addresses. */
const names = `
james robert michael smith johnson williams wright hughes knight lynch rhys gwyneth siobhan
hans jürgen schmidt schwarz krueger pfeiffer wolfgang schreiber juergen schoenfeld fritzsch
francois thierry guillaume beauchamp lefebvre rousseau jacquet quentin
javier rodriguez gutierrez xochitl itziar etxeberria joaquin vazquez nunez
giovanni francesco esposito guglielmo sgarbi
joao goncalves queiroz xavier magalhaes guimaraes
pieter vandenberg hendrikx dijkstra schrijver vrijland
krzysztof grzegorz szczepanski wojciechowski brzeczyszczykiewicz zdzislaw przybylski
vlk zmrzlik jiri dvorak strnad krc kristyna chrz
hrvoje vrkljan krstic grgur
attila nagy szabo gyorgy hegyi zsofia
bjorn kjaersgaard hjalmar sigurdsson thorbjorg gudmundsdottir
mikko virtanen jyrki hyvonen
oguz yilmaz cagri ozgur buyukozturk
vladimir dmitri yevgeny shcherbakov khrushchev mkhitaryan oleksandr bohdan hryhoriy
nikos papadopoulos tsipras gkagkaris
mohammed abdulrahman alqahtani khalid yusuf abdelfattah
rajesh krishnamurthy venkataraman subrahmanyan jyoti lakshmi vishwanath
zhang wei xiaoming liu qiang xuefeng huang zhuangzi
nguyen thuy phuong quynh huynh
takahashi ryosuke tsukiji kyohei shinichiro
hyunjin kwangsoo minseok
chukwuemeka ngozi nwankwo okonkwo oluwaseun mbappe
ahmad nurhaliza widyawati kusumawardhani
`
  .split(/\s+/)
  .filter((name) => name !== "");

const name = fc.constantFrom(...names);
const joined = fc
  .tuple(name, fc.constantFrom("", ".", "_", "-"), name, fc.constantFrom("", "1", "87", "1987", "+news"))
  .map((parts) => parts.join(""));
const initials = fc.tuple(fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"), name).map((parts) => parts.join(""));

describe("IsRandomInput", () => {
  test.each(names)("is not HIGH for %s", (one) => {
    expect(isRandomInput(one)).not.toBe("HIGH");
  });

  it("is not HIGH for names, however they are joined", () => {
    fc.assert(
      fc.property(fc.oneof(joined, initials), (localPart) => {
        expect(isRandomInput(localPart)).not.toBe("HIGH");
      }),
      { numRuns: runs(5000) },
    );
  });

  it("is LOW for nearly all names", () => {
    const flagged = names.filter((one) => isRandomInput(one) !== "LOW");
    expect(flagged.length).toBeLessThan(names.length / 50);
  });

  test.each(["info", "support", "j.r.r.tolkien", "r2d2", "user123", "test1234", "lfc1892", "x", "", "hjk", "2024"])(
    "is LOW for %j",
    (localPart) => {
      expect(isRandomInput(localPart)).toBe("LOW");
    },
  );

  test.each([
    "asdfghjkl",
    "qwerty123",
    "kxqzvbnmwq",
    "xkcdqzjvw",
    "x1y2z3a4",
    "8f3kq9zx2",
    "d41d8cd98f00b204e9800998ecf8427e",
    "123e4567-e89b-12d3-a456-426614174000",
  ])("is HIGH for %s", (localPart) => {
    expect(isRandomInput(localPart)).toBe("HIGH");
  });

  it("notices most random strings", () => {
    const characters = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
    const random = fc.string({ unit: fc.constantFrom(...characters), minLength: 16, maxLength: 16, size: "max" });
    const noticed = fc.sample(random, { numRuns: 500, seed: 1 }).filter((text) => isRandomInput(text) !== "LOW");
    expect(noticed.length).toBeGreaterThan(450);
  });
});
