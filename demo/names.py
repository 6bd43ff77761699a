"""Fictional first and last names of many origins, paired at random."""


def _names(text: str) -> list[str]:
    return text.split()


FEMALE_NAMES = _names(
    "Aaliyah Abena Adaeze Aiko Aisha Alma Amina Amira Ana Anika Anya Aria Astrid Ayesha Beatriz Bianca Camila Carmen "
    "Charlotte Chiamaka Chloe Clara Daniela Devi Dina Elena Elif Ella Emily Emma Esperanza Eva Fatima Fiona Freya "
    "Gabriela Grace Greta Hana Hannah Harper Hyacinth Ingrid Irina Iris Isla Ivy Jade Jamila Joan Josefina June Kavya "
    "Keiko Khadija Lakshmi Layla Leila Lena Lin Linh Lucia Lupe Mai Maeve Malika Margaret Maria Marisol Maya Mei Mina "
    "Mireille Nadia Naomi Nia Nina Noor Olga Olivia Padma Paloma Petra Priya Rania Renata Rosa Ruth Sadia Samira Sana "
    "Saoirse Sara Selma Sienna Simone Sofía Soo-jin Svetlana Tamara Teresa Thuy Valentina Vera Wanjiru Willa Xiomara "
    "Yara Yasmin Yuki Zainab Zara Zoe"
)

MALE_NAMES = _names(
    "Abdullah Adam Ahmed Alejandro Ali Amadou Andre Anton Arjun Arturo Asher Ben Bilal Bogdan Boris Bruno Caleb Carlos "
    "Chen Cheng Chidi Dante Darius Dev Diego Dimitri Eamon Eduardo Elias Emeka Emil Enrique Erik Ezra Farid Felipe "
    "Felix Femi Finn Gabriel George Gustavo Hamza Hao Hassan Hector Henrik Hiro Hugo Ibrahim Idris Igor Ivan Jamal "
    "Javier Jin Jonas Jorge José Juan Kareem Kenji Kofi Kwame Lars Leo Liam Lorenzo Luca Lucas Malik Marco Marcus "
    "Mateo Matthias Miguel Mihail Miles Minh Mohammed Nasir Nikolai Noah Omar Oscar Owen Pablo Paolo Patrick Pavel "
    "Peter Rafael Raj Rashid Ravi Rohan Roman Ruben Sami Samuel Sanjay Sean Sergei Tariq Theo Thomas Tomás Tuan Viktor "
    "Wei William Yaw Yusuf Zane"
)

LAST_NAMES = _names(
    "Abara Abdi Abebe Aguilar Ahlberg Akhtar Alvarez Amadi Andersen Arslan Asante Aydin Bakker Banerjee Baptiste "
    "Bello Bergström Bianchi Boateng Borges Brennan Cabrera Campos Carter Castillo Cavanagh Chaudhry Chavez Chen Choi "
    "Cisneros Clarke Cohen Costa Cruz Danso Das Delgado Demir Desai Diallo Diaz Dlamini Donovan Dubois Duarte Duval "
    "Ekström Eriksen Espinoza Fadel Farouk Fernandes Ferrara Fischer Flores Fontaine Fujita Gallagher Garza Goldberg "
    "Gomes Grant Guerrero Gupta Haddad Hakimi Hansen Haraldsen Harris Hashimoto Hayes Hinds Hoang Horvat Huang Hussein "
    "Ibarra Imani Ito Iyer Jansen Jimenez Johansson Joshi Juarez Kaplan Karim Kaur Keita Khalil Khan Kim Kimani Klein "
    "Kovač Kozlov Kowalski Kuznetsov Lam Larsen Laurent Le Lehtonen Levine Lim Lind Lindqvist Liu Lombardi Lopez Ly "
    "Mahmoud Maldonado Mansour Marino Martin Mbeki Medina Mehta Mendez Mensah Mercado Meyer Molina Moreau Moretti "
    "Morris Mwangi Nakamura Nasser Navarro Ndiaye Nguyen Noor Novak Nunes Nwosu Nyström Obi Ochoa Odhiambo Oduya "
    "Oliveira Olsen Ortega Osei Owusu Pacheco Pak Papadakis Park Patel Pereira Petrov Petrova Pham Pires Popescu "
    "Qureshi Quispe Rahman Ramírez Rao Reyes Ricci Rinaldi Rivera Rojas Romano Rossi Rowe Sahin Saito Salazar Saleh "
    "Sandoval Santos Sato Schmidt Schultz Serrano Shah Sharma Silva Simon Singh Solberg Solís Song Sorensen Souza "
    "Suárez Sullivan Suzuki Tadesse Takahashi Tan Tesfaye Thapa Torres Tran Traoré Turner Uddin Ueda Underwood "
    "Urbina Usman Valdez Valencia Vargas Varga Vasquez Vega Villanueva Vo Wagner Walker Wang Watanabe Webb Weiss "
    "Whitaker Williams Winter Wójcik Wong Wu Xu Yamamoto Yang Yılmaz Yoon Young Yusuf Zahra Zamora Zhang Zhao Zhou"
)

# Patients who prefer Spanish have one of these.
SPANISH_LAST_NAMES = frozenset(
    _names(
        "Aguilar Alvarez Cabrera Campos Castillo Chavez Cisneros Cruz Delgado Diaz Espinoza Flores Garza Guerrero "
        "Ibarra Jimenez Juarez Lopez Maldonado Medina Mendez Mercado Molina Navarro Ochoa Ortega Pacheco Quispe "
        "Ramírez Reyes Rivera Rojas Salazar Sandoval Serrano Solís Suárez Torres Urbina Valdez Valencia Vargas Vasquez "
        "Vega Villanueva Zamora"
    )
)

EAST_CODES = _names(
    "201 203 212 315 332 347 475 516 518 551 585 607 609 631 646 680 716 718 732 838 845 848 856 860 862 908 914 917 "
    "929 934 959 973"
)
WEST_CODES = _names("206 253 360 425 503 509 541 564 971")
