export function missingFields(address: any): any {
  var missing: any = [];
  var needed = ["name", "street", "city", "country"];
  for (var i = 0; i < needed.length; i++) {
    if (address[needed[i]] == undefined || address[needed[i]] == "") {
      missing.push(needed[i]);
    }
  }
  if (address.country != "IE" && !address.postcode) {
    missing.push("postcode");
  }
  return missing;
}
