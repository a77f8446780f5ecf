/**
 * Countries by their ISO 3166 code: the English name first, then names in other languages and in common use.
 * Written out rather than asked of the runtime, so that every machine reads a country alike (PRE-004).
 */
export const COUNTRY_NAMES = `
AF Afghanistan
AX Åland Islands
AL Albania
DZ Algeria
AS American Samoa
AD Andorra
AO Angola
AI Anguilla
AQ Antarctica
AG Antigua & Barbuda
AR Argentina|Argentinien|Argentine|Argentinië
AM Armenia
AW Aruba
AU Australia|Australien|Australie|Austrália|Australië
AT Austria|Österreich|Autriche|Áustria|Oostenrijk
AZ Azerbaijan
BS Bahamas|The Bahamas
BH Bahrain
BD Bangladesh
BB Barbados
BY Belarus
BE Belgium|Belgien|Belgique|Bélgica|Belgio|België
BZ Belize
BJ Benin
BM Bermuda
BT Bhutan
BO Bolivia|Bolivia
BQ Caribbean Netherlands
BA Bosnia & Herzegovina|Bosnia
BW Botswana
BV Bouvet Island
BR Brazil|Brasilien|Brésil|Brasil|Brasile|Brazilië
IO British Indian Ocean Territory
BN Brunei
BG Bulgaria|Bulgarien|Bulgarie|Bulgária|Bulgarije
BF Burkina Faso
BI Burundi
CV Cape Verde|Cabo Verde
KH Cambodia
CM Cameroon
CA Canada|Kanada|Canadá
KY Cayman Islands
CF Central African Republic
TD Chad
CL Chile|Chili|Cile
CN China|Chine|Cina|PRC
CX Christmas Island
CC Cocos (Keeling) Islands
CO Colombia|Kolumbien|Colombie|Colômbia
KM Comoros
CG Congo - Brazzaville|Congo|Republic of the Congo
CD Congo - Kinshasa|DR Congo|Democratic Republic of the Congo
CK Cook Islands
CR Costa Rica
CI Côte d’Ivoire|Ivory Coast
HR Croatia
CU Cuba
CW Curaçao
CY Cyprus
CZ Czechia|Tschechien|Tchéquie|Chequia|Cechia|Tchéquia|Tsjechië|Czech Republic
DK Denmark|Dänemark|Danemark|Dinamarca|Danimarca|Denemarken
DJ Djibouti
DM Dominica
DO Dominican Republic
EC Ecuador
EG Egypt|Ägypten|Égypte|Egipto|Egitto|Egito|Egypte
SV El Salvador
GQ Equatorial Guinea
ER Eritrea
EE Estonia
SZ Eswatini|Swaziland
ET Ethiopia
FK Falkland Islands
FO Faroe Islands
FJ Fiji
FI Finland|Finnland|Finlande|Finlandia|Finlândia
FR France|Frankreich|Francia|França|Frankrijk
GF French Guiana
PF French Polynesia
TF French Southern Territories
GA Gabon
GM Gambia|The Gambia
GE Georgia
DE Germany|Deutschland|Allemagne|Alemania|Germania|Alemanha|Duitsland|BRD
GH Ghana
GI Gibraltar
GR Greece|Griechenland|Grèce|Grecia|Grécia|Griekenland
GL Greenland
GD Grenada
GP Guadeloupe
GU Guam
GT Guatemala
GG Guernsey
GN Guinea
GW Guinea-Bissau
GY Guyana
HT Haiti
HM Heard & McDonald Islands
VA Vatican City|Vatican|Holy See
HN Honduras
HK Hong Kong SAR China|Hong Kong
HU Hungary|Ungarn|Hongrie|Hungría|Ungheria|Hungria|Hongarije
IS Iceland
IN India|Indien|Inde|Índia
ID Indonesia
IR Iran|Iran
IQ Iraq
IE Ireland|Irland|Irlande|Irlanda|Ierland
IM Isle of Man
IL Israel|Israël|Israele
IT Italy|Italien|Italie|Italia|Itália|Italië
JM Jamaica
JP Japan|Japon|Japón|Giappone|Japão
JE Jersey
JO Jordan
KZ Kazakhstan
KE Kenya
KI Kiribati
KP North Korea|North Korea
KR South Korea|Südkorea|Corée du Sud|Corea del Sur|Corea del Sud|Coreia do Sul|Zuid-Korea|Korea, Republic of|Republic of Korea
KW Kuwait
KG Kyrgyzstan
LA Laos|Laos
LV Latvia
LB Lebanon
LS Lesotho
LR Liberia
LY Libya
LI Liechtenstein
LT Lithuania
LU Luxembourg|Luxemburg|Luxemburgo|Lussemburgo
MO Macao SAR China|Macau|Macao
MG Madagascar
MW Malawi
MY Malaysia
MV Maldives
ML Mali
MT Malta
MH Marshall Islands
MQ Martinique
MR Mauritania
MU Mauritius
YT Mayotte
MX Mexico|Mexiko|Mexique|México|Messico
FM Micronesia
MD Moldova|Moldova
MC Monaco
MN Mongolia
ME Montenegro
MS Montserrat
MA Morocco|Marokko|Maroc|Marruecos|Marocco|Marrocos
MZ Mozambique
MM Myanmar (Burma)|Burma
NA Namibia
NR Nauru
NP Nepal
NL Netherlands|Niederlande|Pays-Bas|Países Bajos|Paesi Bassi|Países Baixos|Nederland|Holland|The Netherlands
NC New Caledonia
NZ New Zealand|Neuseeland|Nouvelle-Zélande|Nueva Zelanda|Nuova Zelanda|Nova Zelândia|Nieuw-Zeeland
NI Nicaragua
NE Niger
NG Nigeria
NU Niue
NF Norfolk Island
MK North Macedonia|Macedonia
MP Northern Mariana Islands
NO Norway|Norwegen|Norvège|Noruega|Norvegia|Noorwegen
OM Oman
PK Pakistan
PW Palau
PS Palestinian Territories|Palestine
PA Panama
PG Papua New Guinea
PY Paraguay
PE Peru|Pérou|Perú|Perù
PH Philippines|The Philippines
PN Pitcairn Islands
PL Poland|Polen|Pologne|Polonia|Polônia
PT Portugal|Portogallo
PR Puerto Rico
QA Qatar
RE Réunion
RO Romania|Rumänien|Roumanie|Rumanía|Romênia|Roemenië
RU Russia|Russland|Russie|Rusia|Rússia|Rusland|Russian Federation
RW Rwanda
BL St. Barthélemy
SH St. Helena
KN St. Kitts & Nevis
LC St. Lucia
MF St. Martin
PM St. Pierre & Miquelon
VC St. Vincent & Grenadines
WS Samoa
SM San Marino
ST São Tomé & Príncipe
SA Saudi Arabia
SN Senegal
RS Serbia
SC Seychelles
SL Sierra Leone
SG Singapore
SX Sint Maarten
SK Slovakia|Slowakei|Slovaquie|Eslovaquia|Slovacchia|Eslováquia|Slowakije
SI Slovenia
SB Solomon Islands
SO Somalia
ZA South Africa|Südafrika|Afrique du Sud|Sudáfrica|Sudafrica|África do Sul|Zuid-Afrika
GS South Georgia & South Sandwich Islands
SS South Sudan
ES Spain|Spanien|Espagne|España|Spagna|Espanha|Spanje
LK Sri Lanka
SD Sudan
SR Suriname
SJ Svalbard & Jan Mayen
SE Sweden|Schweden|Suède|Suecia|Svezia|Suécia|Zweden
CH Switzerland|Schweiz|Suisse|Suiza|Svizzera|Suíça|Zwitserland
SY Syria|Syria
TW Taiwan
TJ Tajikistan
TZ Tanzania|Tanzania
TH Thailand
TL Timor-Leste|East Timor
TG Togo
TK Tokelau
TO Tonga
TT Trinidad & Tobago|Trinidad
TN Tunisia
TR Türkiye|Türkei|Turquie|Turquía|Turchia|Turquia|Turkije|Turkey
TM Turkmenistan
TC Turks & Caicos Islands
TV Tuvalu
UG Uganda
UA Ukraine|Ucrania|Ucraina|Ucrânia|Oekraïne
AE United Arab Emirates|UAE
GB United Kingdom|Vereinigtes Königreich|Royaume-Uni|Reino Unido|Regno Unito|Verenigd Koninkrijk|UK|U.K.|Great Britain|England|Scotland|Wales|Northern Ireland
US United States|Vereinigte Staaten|États-Unis|Estados Unidos|Stati Uniti|Verenigde Staten|USA|U.S.|U.S.A.|United States of America|America
UM U.S. Outlying Islands
UY Uruguay
UZ Uzbekistan
VU Vanuatu
VE Venezuela|Venezuela
VN Vietnam|Viet Nam
VG British Virgin Islands
VI U.S. Virgin Islands
WF Wallis & Futuna
EH Western Sahara
YE Yemen
ZM Zambia
ZW Zimbabwe
`;
